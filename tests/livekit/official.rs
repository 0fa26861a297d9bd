//! The official clients on the other side: for Python and Node, Google's C++ inside, and for browsers, in Chromium.

use std::{path::Path, process::Stdio};

use livekit::{
    DataPacket, RoomEvent,
    data_stream::api::{SendTextOptions, StreamReader},
    webrtc::audio_stream::native::NativeAudioStream,
};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::{Duration, sleep, timeout},
};

use crate::{
    client::{python, python_with},
    harness::{PATIENCE, STAGE, Server, hear, hum, join, publish, server, subscribed, token, tone, until},
    node::Node,
    packages::{BROWSER_DRIVER, browser},
};

/// Which client.
#[derive(Debug, Clone, Copy)]
enum Client {
    Python,
    Node,
    Browser,
}

impl Client {
    /// What starts it; its arguments begin with the server's URL and a token.
    async fn command(self, server: &Server) -> Command {
        let script = |name| Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
        let way_in = [server.url.clone(), token(STAGE, "peer")];
        match self {
            Self::Python => {
                let mut command = Command::new(python().await);
                command.arg(script("tests/livekit/peer.py")).args(way_in);
                command
            }
            Self::Node => {
                let node = Node::with_sdks().await;
                let mut command = node.command(&script("tests/livekit/peer.mjs"));
                command.args(way_in);
                command
            }
            Self::Browser => {
                let browser = tokio::task::spawn_blocking(browser).await.unwrap();
                let mut command = Command::new(python_with(&BROWSER_DRIVER).await);
                command.arg(script("tests/livekit/browser.py")).args(way_in);
                command.arg(browser).arg(script(BROWSER_CLIENT));
                command
            }
        }
    }
}

/// The client for browsers, as the product's own pages load it.
const BROWSER_CLIENT: &str = "assets/livekit-client/livekit-client-2.23.0.umd.js";

struct Peer {
    _process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Peer {
    async fn start(server: &Server, client: Client) -> Self {
        let mut command = client.command(server).await;
        let mut process = command.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut peer = Self {
            _process: process,
            lines,
        };
        peer.until("ready").await;
        peer
    }

    /// Waits for a report that has `key`.
    async fn until(&mut self, key: &str) -> serde_json::Value {
        let found = async {
            loop {
                let line = self.lines.next_line().await.unwrap().unwrap();
                let event: serde_json::Value = serde_json::from_str(&line).unwrap();
                if event.get(key).is_some() {
                    return event;
                }
            }
        };
        timeout(PATIENCE, found).await.unwrap()
    }
}

async fn hear_each_other(client: Client, single: bool) {
    let server = server().await;
    let mut peer = Peer::start(&server, client).await;
    let (room, mut events) = join(&server, "rust", single).await;
    let mut stream = NativeAudioStream::new(subscribed(&mut events).await.rtc_track(), 48_000, 1);
    let level = hear(&mut stream, 700.0).await;
    assert!((4600.0..7300.0).contains(&level), "level {level}");
    let (source, _track) = publish(&room, 100).await;
    // The subscription takes its time; then an onset can be measured.
    sleep(Duration::from_millis(1500)).await;
    let hum = hum(source.clone(), 1000.0);
    peer.until("onset").await;
    let heard = peer.until("heard_hz").await;
    assert!(
        (heard["heard_hz"].as_f64().unwrap() - 1000.0).abs() < 20.0,
        "{heard}"
    );
    assert!(
        (4600.0..7300.0).contains(&heard["level"].as_f64().unwrap()),
        "{heard}"
    );
    hum.abort();
    peer.until("silence").await;
    source.capture_frame(&tone(1000.0, 1000)).await.unwrap();
    peer.until("heard_hz").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn we_hear_each_other_over_one_peer_connection() {
    hear_each_other(Client::Python, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_for_node_and_we_hear_each_other() {
    hear_each_other(Client::Node, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_and_we_hear_each_other() {
    hear_each_other(Client::Browser, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn we_hear_each_other_over_two_peer_connections() {
    hear_each_other(Client::Python, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn data_and_text_come_back() {
    let server = server().await;
    let _peer = Peer::start(&server, Client::Python).await;
    let (room, mut events) = join(&server, "rust", true).await;
    for reliable in [true, false] {
        let payload = format!("reliable {reliable}").into_bytes();
        let packet = DataPacket {
            payload: payload.clone(),
            reliable,
            ..Default::default()
        };
        room.local_participant().publish_data(packet).await.unwrap();
        let back = until(&mut events, |event| match event {
            RoomEvent::DataReceived { payload, .. } => Some(payload),
            _ => None,
        });
        assert_eq!(*back.await, payload);
    }
    let text = "All the world's a stage. ".repeat(4000);
    let options = SendTextOptions::new_with_topic("lines");
    room.local_participant().send_text(&text, options).await.unwrap();
    let reader = until(&mut events, |event| match event {
        RoomEvent::TextStreamOpened { reader, .. } => reader.take(),
        _ => None,
    });
    assert_eq!(
        timeout(PATIENCE, reader.await.read_all()).await.unwrap().unwrap(),
        text
    );
}
