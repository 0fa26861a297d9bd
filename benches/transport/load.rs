//! What rooms of two cost, both speaking and listening: this stack, the official client, the codec alone.

use std::{
    fs,
    process::Stdio,
    time::{Duration, Instant},
};

use futures::StreamExt;
use livekit::{Room, RoomOptions, webrtc::audio_stream::immediate::ImmediateAudioStream};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::sleep,
};
use troupe_rtc::opus::{Channels, Decoder, Encoded, Encoder, EncoderConfig};

use crate::{
    client,
    harness::{Server, hum, publish, subscribed, token, tone},
};

/// Says that this process is to be a member of the rooms; the server's URL.
pub(crate) const MEMBER: &str = "TRANSPORT_MEMBER";
const SPAN: Duration = Duration::from_secs(10);
const SETTLE: Duration = Duration::from_secs(4);

/// Processor time of a process so far, in seconds.
fn processor_s(pid: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: f64 = fields[11..13]
        .iter()
        .map(|ticks| ticks.parse::<f64>().unwrap())
        .sum();
    ticks / 100.0
}

fn resident_mb(pid: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

pub(crate) fn machine_load() -> String {
    fs::read_to_string("/proc/loadavg").unwrap().trim().to_owned()
}

fn tokens(rooms: usize) -> Vec<String> {
    let pair = |room: usize| ["a", "b"].map(|who| token(&format!("load {room}"), who));
    (0..rooms).flat_map(pair).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

/// What the child process does: joins with every token given, speaks and listens.
pub(crate) async fn member(url: &str) {
    let (mut connects, mut publishes, mut kept) = (Vec::new(), Vec::new(), Vec::new());
    for token in std::env::args().filter(|word| word.starts_with("ey")) {
        let start = Instant::now();
        let (room, mut events) = Room::connect(url, &token, RoomOptions::default()).await.unwrap();
        connects.push(start.elapsed().as_secs_f64() * 1000.0);
        let start = Instant::now();
        let (source, _track) = publish(&room, 200).await;
        publishes.push(start.elapsed().as_secs_f64() * 1000.0);
        hum(source, 500.0);
        tokio::spawn(async move {
            let track = subscribed(&mut events).await;
            let mut stream = ImmediateAudioStream::new(&track.rtc_track(), 16_000, 1);
            while stream.next().await.is_some() {}
        });
        kept.push(room);
    }
    println!("{} {}", median(connects), median(publishes));
    std::future::pending::<()>().await;
}

async fn measure_process(name: &str, rooms: usize, mut process: Child) {
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let Ok(Some(joined)) = lines.next_line().await else {
        println!("{name}, {rooms} rooms: did not get there");
        return;
    };
    let times: Vec<f64> = joined.split(' ').map(|ms| ms.parse().unwrap()).collect();
    sleep(SETTLE).await;
    let pid = process.id().unwrap();
    let before = processor_s(pid);
    sleep(SPAN).await;
    let percent = (processor_s(pid) - before) / SPAN.as_secs_f64() * 100.0;
    println!(
        "{name}, {rooms} rooms of two: {percent:.1} % of a core, {:.2} % a connection; {:.1} MB; connect {:.0} ms, \
         publish {:.1} ms; machine load {}",
        percent / (2 * rooms) as f64,
        resident_mb(pid),
        times[0],
        times[1],
        machine_load()
    );
    process.kill().await.unwrap();
    sleep(Duration::from_secs(1)).await;
}

pub(crate) async fn measure(server: &Server, rooms: usize) {
    let mut ours = Command::new(std::env::current_exe().unwrap());
    ours.env(MEMBER, &server.url).args(tokens(rooms));
    let mut theirs = Command::new(client::python().await);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/transport/member.py");
    theirs.args([script, &server.url]).args(tokens(rooms));
    for (name, command) in [("this stack", &mut ours), ("official client", &mut theirs)] {
        let process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        measure_process(name, rooms, process).await;
    }
}

/// Encoding and decoding the same packets alone: what one connection cannot do without.
pub(crate) fn measure_codec() {
    let mut encoder = Encoder::new(EncoderConfig::default()).unwrap();
    let mut decoder = Decoder::new(Channels::Mono).unwrap();
    let pcm = tone(500.0, 20).data.into_owned();
    let mut out = vec![0; 960];
    let before = processor_s(std::process::id());
    for _ in 0..50 * 60 {
        if let Encoded::Packet(packet) = encoder.encode(&pcm).unwrap() {
            decoder.decode(packet, &mut out).unwrap();
        }
    }
    let percent = (processor_s(std::process::id()) - before) / 60.0 * 100.0;
    println!("encoding and decoding alone: {percent:.2} % of a core a connection");
}
