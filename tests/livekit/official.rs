//! The official Python client, Google's C++ inside, on the other side.

use livekit::{
    DataPacket, RoomEvent,
    data_stream::api::{SendTextOptions, StreamReader},
    webrtc::audio_stream::native::NativeAudioStream,
};
use tokio::{
    io::{BufReader, Lines},
    process::{Child, ChildStdout},
    time::{Duration, sleep, timeout},
};

use crate::harness::{
    PATIENCE, Server, hear, hum, join, publish, python_client, server, subscribed, tone, until,
};

struct Peer {
    _process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Peer {
    async fn start(server: &Server) -> Self {
        let (_process, lines) = python_client(server, "tests/livekit/peer.py").await;
        let mut peer = Self { _process, lines };
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
    hear_each_other(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn we_hear_each_other_over_two_peer_connections() {
    hear_each_other(false).await;
}

#[tokio::test(flavor = "multi_thread")]
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
