//! A server, rooms in it, and tones to send and to recognise.

use std::net::TcpListener;
use std::{
    f32::consts::PI,
    process::Stdio,
    sync::atomic::{AtomicU16, Ordering},
    time::{Duration, Instant},
};

use futures::StreamExt;
use livekit::{
    Room, RoomEvent, RoomOptions,
    options::TrackPublishOptions,
    track::{LocalAudioTrack, LocalTrack, RemoteAudioTrack, RemoteTrack, TrackSource},
    webrtc::{
        audio_frame::AudioFrame,
        audio_source::{AudioSourceOptions, RtcAudioSource, native::NativeAudioSource},
        audio_stream::native::NativeAudioStream,
    },
};
use livekit_token::{AccessToken, VideoGrants};
use tokio::{
    process::{Child, Command},
    sync::mpsc::UnboundedReceiver,
    task::JoinHandle,
    time::{sleep, timeout},
};
use troupe::devserver::{self, Source};

use crate::client::cache;

/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The room most tests are in.
pub(crate) const STAGE: &str = "stage";

/// Servers get ports from here on, four each.
pub(crate) const FIRST_PORT: u16 = 7980;

static NEXT_PORT: AtomicU16 = AtomicU16::new(FIRST_PORT);

/// Where a server listens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) http: u16,
    pub(crate) tcp: u16,
    pub(crate) udp: u16,
    /// Free for the server's TURN.
    pub(crate) turn: u16,
}

/// A server of the test's own; it ends with the test.
pub(crate) struct Server {
    process: Child,
    pub(crate) url: String,
    pub(crate) ports: Ports,
}

impl Server {
    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.process.id().unwrap()
    }
}

pub(crate) async fn server() -> Server {
    server_with("").await
}

/// A server with more lines in the `rtc` section of its configuration.
pub(crate) async fn server_with(rtc: &str) -> Server {
    start("127.0.0.1", rtc, true, |_| String::new()).await
}

/// A server at the machine's own address with more sections in its configuration, which may need ports. `None`,
/// which is printed, on a machine that has loopback alone: relays are for reaching other machines, and ICE
/// agents refuse to reach a loopback address through one.
pub(crate) async fn server_at_own_address(sections: impl FnOnce(Ports) -> String) -> Option<Server> {
    let addresses = troupe_rtc::net::host_addresses();
    let Some(own) = addresses.iter().find(|address| address.is_ipv4()) else {
        eprintln!(
            "skipped: this machine has no IPv4 address but loopback, so nothing is reached through a relay"
        );
        return None;
    };
    Some(start(&own.to_string(), "", true, sections).await)
}

/// A server that tells clients to find it at this address, where something else listens. There is no way around
/// that: it never asks a client's own addresses (ICE-lite, RFC 8445 section 2.5), takes no TCP, and listens on IPv4
/// loopback alone.
pub(crate) async fn server_told_at(address: &str) -> Server {
    const RTC: &str =
        "  use_ice_lite: true\n  enable_loopback_candidate: true\n  ips:\n    includes: [127.0.0.1/32]\n";
    start(address, RTC, false, |_| String::new()).await
}

async fn start(node_ip: &str, rtc: &str, takes_tcp: bool, sections: impl FnOnce(Ports) -> String) -> Server {
    let port = loop {
        let port = NEXT_PORT.fetch_add(4, Ordering::Relaxed);
        // Somebody else's server may be there.
        if (port..port + 4).all(|port| TcpListener::bind(("0.0.0.0", port)).is_ok()) {
            break port;
        }
    };
    let ports = Ports {
        http: port,
        tcp: port + 1,
        udp: port + 2,
        turn: port + 3,
    };
    let config = format!(
        "port: {port}\nrtc:\n  tcp_port: {}\n  udp_port: {}\n{rtc}logging:\n  level: error\n{}",
        // Without a port it takes none.
        if takes_tcp { ports.tcp } else { 0 },
        ports.udp,
        sections(ports)
    );
    let cache = cache();
    let source = Source {
        cache: &cache,
        offline: false,
    };
    let binary = devserver::executable(source, |step| eprintln!("{step}"))
        .await
        .unwrap();
    let process = Command::new(binary)
        .args([
            "--dev",
            "--bind",
            "127.0.0.1",
            "--node-ip",
            node_ip,
            "--config-body",
            &config,
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let start = Instant::now();
    // It accepts connections before it answers on them.
    while !answers(ports.http).await {
        assert!(start.elapsed() < PATIENCE, "the server does not answer");
        sleep(Duration::from_millis(20)).await;
    }
    Server {
        process,
        url: format!("ws://127.0.0.1:{}", ports.http),
        ports,
    }
}

async fn answers(port: u16) -> bool {
    let answer = reqwest::get(format!("http://127.0.0.1:{port}/")).await;
    answer.is_ok_and(|answer| answer.status().is_success())
}

pub(crate) fn token(room: &str, identity: &str) -> String {
    let grants = VideoGrants {
        room_join: true,
        room: room.into(),
        ..Default::default()
    };
    AccessToken::with_api_key("devkey", "secret")
        .with_identity(identity)
        .with_name(identity)
        .with_grants(grants)
        .to_jwt()
        .unwrap()
}

pub(crate) type Events = UnboundedReceiver<RoomEvent>;

pub(crate) async fn join(server: &Server, identity: &str, single: bool) -> (Room, Events) {
    let mut options = RoomOptions::default();
    options.single_peer_connection = single;
    connect(server, STAGE, identity, options).await
}

pub(crate) async fn connect(
    server: &Server,
    room: &str,
    identity: &str,
    options: RoomOptions,
) -> (Room, Events) {
    let token = token(room, identity);
    let joined = Room::connect(&server.url, &token, options);
    timeout(PATIENCE, joined).await.unwrap().unwrap()
}

/// Waits for the event that `pick` takes.
pub(crate) async fn until<T>(events: &mut Events, mut pick: impl FnMut(RoomEvent) -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = pick(events.recv().await.unwrap()) {
                return found;
            }
        }
    };
    timeout(PATIENCE, found).await.unwrap()
}

pub(crate) async fn subscribed(events: &mut Events) -> RemoteAudioTrack {
    timeout(PATIENCE, subscribed_whenever(events)).await.unwrap()
}

/// Like `subscribed`, however long it takes.
pub(crate) async fn subscribed_whenever(events: &mut Events) -> RemoteAudioTrack {
    loop {
        if let RoomEvent::TrackSubscribed {
            track: RemoteTrack::Audio(track),
            ..
        } = events.recv().await.unwrap()
        {
            return track;
        }
    }
}

/// A source at 48 kHz mono, published.
pub(crate) async fn publish(room: &Room, queue_ms: u32) -> (NativeAudioSource, LocalAudioTrack) {
    let source = NativeAudioSource::new(AudioSourceOptions::default(), 48_000, 1, queue_ms);
    let track = publish_source(room, source.clone()).await;
    (source, track)
}

pub(crate) async fn publish_source(room: &Room, source: NativeAudioSource) -> LocalAudioTrack {
    let track = LocalAudioTrack::create_audio_track("voice", RtcAudioSource::Native(source));
    let options = TrackPublishOptions {
        source: TrackSource::Microphone,
        ..Default::default()
    };
    let participant = room.local_participant();
    let published = participant.publish_track(LocalTrack::Audio(track.clone()), options);
    timeout(PATIENCE, published).await.unwrap().unwrap();
    track
}

/// `ms` of a tone at a quarter of full scale.
pub(crate) fn tone(hz: f32, ms: u32) -> AudioFrame<'static> {
    let samples = 48 * ms;
    let wave = (0..samples).map(|i| (8192.0 * (2.0 * PI * hz * i as f32 / 48_000.0).sin()) as i16);
    AudioFrame {
        data: wave.collect::<Vec<_>>().into(),
        sample_rate: 48_000,
        num_channels: 1,
        samples_per_channel: samples,
    }
}

/// Sends a tone until stopped.
pub(crate) fn hum(source: NativeAudioSource, hz: f32) -> JoinHandle<()> {
    tokio::spawn(async move {
        // Whole periods, so that the blocks join without a click.
        while source.capture_frame(&tone(hz, 100)).await.is_ok() {}
    })
}

/// The share of `samples`' power at `hz`, 0 to 1 (Goertzel), and their level as RMS.
pub(crate) fn at(samples: &[i16], rate: u32, hz: f32) -> (f32, f32) {
    let step = 2.0 * PI * hz / rate as f32;
    let (mut re, mut im, mut power) = (0.0f32, 0.0f32, 0.0f32);
    for (i, &sample) in samples.iter().enumerate() {
        let s = f32::from(sample);
        re += s * (step * i as f32).cos();
        im += s * (step * i as f32).sin();
        power += s * s;
    }
    let n = samples.len() as f32;
    (2.0 * (re * re + im * im) / n / power.max(1.0), (power / n).sqrt())
}

/// Listens until 200 ms in a row are this tone, and tells the level of the 200 ms after that.
pub(crate) async fn hear(stream: &mut NativeAudioStream, hz: f32) -> f32 {
    let heard = async {
        let (mut window, mut found): (Vec<i16>, bool) = (Vec::new(), false);
        loop {
            let frame = stream.next().await.unwrap();
            window.extend_from_slice(&frame.data);
            let wanted = frame.sample_rate as usize / 5;
            if window.len() < wanted {
                continue;
            }
            let (share, level) = at(&window, frame.sample_rate, hz);
            if share > 0.9 && level > 500.0 {
                if std::mem::replace(&mut found, true) {
                    return level;
                }
                window.clear();
            } else {
                window.drain(..frame.data.len());
            }
        }
    };
    timeout(PATIENCE, heard)
        .await
        .unwrap_or_else(|_| panic!("{hz} Hz is not heard"))
}

/// Listens until 200 ms are silent or nothing comes for that long.
pub(crate) async fn hear_silence(stream: &mut NativeAudioStream) {
    let silent = async {
        let mut quiet = 0;
        while quiet < 20 {
            match timeout(Duration::from_millis(200), stream.next()).await {
                Ok(Some(frame)) if frame.data.iter().any(|s| s.unsigned_abs() > 200) => quiet = 0,
                Ok(Some(_)) => quiet += 1,
                _ => return,
            }
        }
    };
    timeout(PATIENCE, silent).await.unwrap();
}
