//! Who speaks to whom, over which network.

use std::time::Duration;

use futures::StreamExt;
use livekit::{
    Room, RoomOptions,
    webrtc::{
        audio_source::native::NativeAudioSource,
        audio_stream::{immediate::ImmediateAudioStream, native::NativeAudioStream},
    },
};
use tokio::{task::JoinHandle, time::sleep};

use crate::{
    clips::{HEARD_HZ, RATE_HZ, Script},
    harness::{Server, connect, publish, server_told_at, subscribed, token},
    network::Faults,
    official::Official,
    proxy::{ADDRESS, Proxy, Way},
};

/// What a sender of ours may be ahead.
const QUEUE_MS: u32 = 200;
/// Packets of 20 ms in a second.
const PACKETS_HZ: usize = 50;
/// For subscriptions before, and for what is late after.
const SETTLE: Duration = Duration::from_secs(3);

/// What was heard, at [`HEARD_HZ`]: for each network one recording a client.
pub(crate) type Recordings<const N: usize> = Vec<[Vec<i16>; N]>;

struct Stage {
    server: Server,
    proxy: Proxy,
}

impl Stage {
    async fn open() -> Self {
        let server = server_told_at(ADDRESS).await;
        let proxy = Proxy::start(server.ports.udp).await;
        Self { server, proxy }
    }

    /// Someone with this stack, who keeps what both kinds of reader hear.
    async fn listener(&self, room: &str) -> (Room, [JoinHandle<Vec<i16>>; 2]) {
        let (joined, mut events) = connect(&self.server, room, "ours", RoomOptions::default()).await;
        let track = subscribed(&mut events).await.rtc_track();
        let immediate = ImmediateAudioStream::new(&track, HEARD_HZ, 1);
        let paced =
            NativeAudioStream::new(track, HEARD_HZ.cast_signed(), 1).map(|frame| frame.data.into_owned());
        let keep = [tokio::spawn(placed(immediate)), tokio::spawn(paced.concat())];
        (joined, keep)
    }

    async fn speaker(&self, room: &str) -> (Room, NativeAudioSource) {
        let (joined, _) = connect(&self.server, room, "speaker", RoomOptions::default()).await;
        let (source, _) = publish(&joined, QUEUE_MS).await;
        (joined, source)
    }
}

impl Stage {
    /// The network is good again; so many streams went through it meanwhile.
    ///
    /// # Panics
    /// When their sound found a way around.
    fn mend(&self, script: &Script, streams: usize) {
        self.proxy.set_bad(false);
        let sent = streams * script.pcm.len() / (RATE_HZ as usize / PACKETS_HZ);
        let carried = self.proxy.carried();
        assert!(
            carried * 10 > sent * 8,
            "{carried} of {sent} packets met the network: the others found a way around it"
        );
    }
}

/// What an immediate reader hears, where its times say. What was made up before it was known whether a packet was late has
/// no time, and is replaced by the packet.
async fn placed(mut frames: ImmediateAudioStream) -> Vec<i16> {
    let mut heard: Vec<i16> = Vec::new();
    while let Some(frame) = frames.next().await {
        let Some(media) = frame.capture.and_then(|capture| capture.media_samples) else {
            continue;
        };
        let begin = (media / u64::from(RATE_HZ / HEARD_HZ)) as usize;
        let end = begin + frame.samples.len();
        heard.resize(heard.len().max(end), 0);
        heard[begin..end].copy_from_slice(&frame.samples);
    }
    heard
}

async fn say(sources: Vec<NativeAudioSource>, script: &Script) {
    let block = RATE_HZ as usize / 10;
    let say = |source: NativeAudioSource| async move {
        for samples in script.pcm.chunks(block) {
            let frame = livekit::webrtc::audio_frame::AudioFrame {
                data: samples.into(),
                sample_rate: RATE_HZ,
                num_channels: 1,
                samples_per_channel: samples.len() as u32,
            };
            source.capture_frame(&frame).await.unwrap();
        }
    };
    futures::future::join_all(sources.into_iter().map(say)).await;
}

/// One sender on a good network; for each network and its seed both readers of ours and the official client behind the bad one.
pub(crate) async fn hearing(script: &Script, networks: &[(Faults, u64)]) -> Recordings<3> {
    let stage = Stage::open().await;
    let mut official = Official::start(&stage.server.url).await;
    let (mut rooms, mut sources, mut ours) = (Vec::new(), Vec::new(), Vec::new());
    for (number, &(faults, seed)) in networks.iter().enumerate() {
        let name = format!("hearing {number}");
        stage.proxy.next(None);
        let (room, source) = stage.speaker(&name).await;
        rooms.push(room);
        sources.push(source);
        stage.proxy.next(Some(Way {
            faults,
            seed,
            up: false,
        }));
        let (room, readers) = stage.listener(&name).await;
        rooms.push(room);
        ours.push(readers);
        official.listen(&token(&name, "official")).await;
    }
    sleep(SETTLE).await;
    stage.proxy.set_bad(true);
    say(sources, script).await;
    sleep(SETTLE).await;
    stage.mend(script, 2 * networks.len());
    let official = official.end().await;
    for room in rooms {
        room.close().await.unwrap();
    }
    let mut heard = Vec::new();
    for ([immediate, paced], official) in ours.into_iter().zip(official) {
        heard.push([immediate.await.unwrap(), paced.await.unwrap(), official]);
    }
    heard
}

/// Both clients speak behind the bad network; the official client on a good one hears them.
pub(crate) async fn speaking(script: &Script, networks: &[(Faults, u64)]) -> Recordings<2> {
    let stage = Stage::open().await;
    let mut official = Official::start(&stage.server.url).await;
    let (mut rooms, mut sources) = (Vec::new(), Vec::new());
    for (number, &(faults, seed)) in networks.iter().enumerate() {
        let way = Some(Way {
            faults,
            seed,
            up: true,
        });
        for who in ["ours", "theirs"] {
            let name = format!("speaking {number} {who}");
            stage.proxy.next(None);
            official.listen(&token(&name, "listener")).await;
            stage.proxy.next(way);
            if who == "ours" {
                let (room, source) = stage.speaker(&name).await;
                rooms.push(room);
                sources.push(source);
            } else {
                official.enter(&token(&name, "official")).await;
            }
        }
    }
    sleep(SETTLE).await;
    stage.proxy.set_bad(true);
    let file = tempfile::NamedTempFile::new().unwrap();
    let bytes: Vec<u8> = script
        .pcm
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect();
    std::fs::write(file.path(), bytes).unwrap();
    tokio::join!(say(sources, script), official.speak(file.path()));
    sleep(SETTLE).await;
    stage.mend(script, 2 * networks.len());
    let mut heard = official.end().await.into_iter();
    for room in rooms {
        room.close().await.unwrap();
    }
    let pairs = networks
        .iter()
        .map(|_| [heard.next().unwrap(), heard.next().unwrap()]);
    pairs.collect()
}
