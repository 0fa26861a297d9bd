//! The official Python client, Google's C++ inside, on the other side.

use std::{env, process::Stdio, time::SystemTime};

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

use crate::harness::{
    PATIENCE, STAGE, Server, hear, hum, join, publish, server, subscribed, token, tone, until,
};

struct Peer {
    _process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Peer {
    async fn start(server: &Server) -> Self {
        let python = env::var("LIVEKIT_PYTHON").unwrap_or_else(|_| "python3".into());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/livekit/peer.py");
        let mut process = Command::new(python)
            .args([script, &server.url, &token(STAGE, "python")])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
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

fn unix_s() -> f64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "compared with another process on this machine"
    )]
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap()
        .as_secs_f64()
}

async fn hear_each_other(single: bool) {
    let server = server().await;
    let mut peer = Peer::start(&server).await;
    let (room, mut events) = join(&server, "rust", single).await;
    let mut stream = NativeAudioStream::new(subscribed(&mut events).await.rtc_track(), 48_000, 1);
    let level = hear(&mut stream, 700.0).await;
    assert!((4600.0..7300.0).contains(&level), "level {level}");
    let (source, _track) = publish(&room, 100).await;
    // The subscription takes its time; then an onset can be measured.
    sleep(Duration::from_millis(1500)).await;
    let spoke = unix_s();
    let hum = hum(source.clone(), 1000.0);
    let onset = peer.until("onset").await["at"].as_f64().unwrap();
    let heard = peer.until("heard_hz").await;
    println!(
        "onset after {:.0} ms, level {}",
        (onset - spoke) * 1000.0,
        heard["level"]
    );
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
#[ignore = "needs livekit-server and the Python client"]
async fn we_hear_each_other_over_one_peer_connection() {
    hear_each_other(true).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs livekit-server and the Python client"]
async fn we_hear_each_other_over_two_peer_connections() {
    hear_each_other(false).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs livekit-server and the Python client"]
async fn data_and_text_come_back() {
    let server = server().await;
    let _peer = Peer::start(&server).await;
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
