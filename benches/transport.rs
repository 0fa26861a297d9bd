//! What connections cost: ten rooms of two, idle, silent, speaking. Run with `cargo bench --bench transport`.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a bench prints its figures or fails"
)]

#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../tests/client/mod.rs"]
mod client;
#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../tests/livekit/harness.rs"]
mod harness;

use std::{
    fs,
    time::{Duration, Instant},
};

use livekit::{Room, RoomOptions, webrtc::audio_stream::native::NativeAudioStream};
use tokio::{task::JoinHandle, time::sleep};

use crate::harness::{Events, Server, hum, publish, server, subscribed, token};

const SPAN: Duration = Duration::from_secs(10);

/// Processor time of this process so far, in seconds.
fn processor_s() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11..13]
        .iter()
        .map(|ticks| ticks.parse::<f64>().unwrap())
        .sum();
    ticks / 100.0
}

fn resident_mb() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

async fn measure(what: &str, connections: usize) {
    let before = processor_s();
    sleep(SPAN).await;
    let percent = (processor_s() - before) / SPAN.as_secs_f64() * 100.0;
    println!(
        "{what}: {percent:.1} % of a core for {connections} connections, {:.2} % each, {} MB",
        percent / connections as f64,
        resident_mb()
    );
}

fn drain(mut stream: NativeAudioStream) -> JoinHandle<()> {
    tokio::spawn(async move { while futures::StreamExt::next(&mut stream).await.is_some() {} })
}

async fn join(server: &Server, room: &str, identity: &str) -> (Room, Events) {
    Room::connect(&server.url, &token(room, identity), RoomOptions::default())
        .await
        .unwrap()
}

async fn pair(server: &Server, room: usize) -> [(Room, Events); 2] {
    let name = format!("room {room}");
    [join(server, &name, "a").await, join(server, &name, "b").await]
}

#[tokio::main]
async fn main() {
    const ROOMS: usize = 10;
    let server = server().await;
    let (mut connects, mut publishes) = (Vec::new(), Vec::new());
    let mut members = Vec::new();
    for room in 0..ROOMS {
        let start = Instant::now();
        let pair = pair(&server, room).await;
        connects.push(start.elapsed().as_millis() / 2);
        members.extend(pair);
    }
    sleep(Duration::from_secs(2)).await;
    measure("idle", members.len()).await;
    let mut sources = Vec::new();
    for (room, _) in &members {
        let start = Instant::now();
        sources.push(publish(room, 200).await.0);
        publishes.push(start.elapsed().as_millis());
    }
    let mut readers = Vec::new();
    for (_, events) in &mut members {
        readers.push(drain(NativeAudioStream::new(
            subscribed(events).await.rtc_track(),
            16_000,
            1,
        )));
    }
    sleep(Duration::from_secs(2)).await;
    measure("published, silent", members.len()).await;
    let (half, rest) = sources.split_at(ROOMS);
    let mut hums: Vec<_> = half.iter().map(|source| hum(source.clone(), 500.0)).collect();
    sleep(Duration::from_secs(2)).await;
    measure("half of them speak", members.len()).await;
    hums.extend(rest.iter().map(|source| hum(source.clone(), 500.0)));
    sleep(Duration::from_secs(2)).await;
    measure("all speak and listen", members.len()).await;
    println!("connect ms: {connects:?}");
    println!("publish ms: {publishes:?}");
    hums.iter().for_each(JoinHandle::abort);
    readers.iter().for_each(JoinHandle::abort);
}
