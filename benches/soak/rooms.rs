//! Rooms of two who join, talk in turn and leave, again and again.
//!
//! The host leaves last, because the official crate (0.10.0) keeps all of a room that is closed while somebody else
//! is in it: a remote participant holds its publications, and they hold it.

use std::{
    fmt,
    ops::AddAssign,
    time::{Duration, Instant},
};

use futures::{StreamExt, future::join_all};
use livekit::{
    Room, RoomEvent, RoomOptions,
    track::RemoteAudioTrack,
    webrtc::{
        audio_source::native::NativeAudioSource,
        audio_stream::{immediate::ImmediateAudioStream, native::NativeAudioStream},
    },
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use tokio::{
    spawn,
    sync::mpsc::UnboundedReceiver,
    time::{sleep, timeout},
};
use troupe::link::livekit::connect;

use crate::harness::{publish, subscribed_whenever, token, tone};

/// How long one waits for the other.
const MEET: Duration = Duration::from_secs(8);
/// How long the host waits for the guest to go, on a machine however busy.
const PART: Duration = Duration::from_secs(40);

/// What happened.
#[derive(Default)]
pub(crate) struct Said {
    joined: u64,
    phrases: u64,
    cut: u64,
    heard_frames: u64,
}

impl AddAssign for Said {
    fn add_assign(&mut self, other: Self) {
        self.joined += other.joined;
        self.phrases += other.phrases;
        self.cut += other.cut;
        self.heard_frames += other.heard_frames;
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} joined, {} phrases ({} of them cut), {} min heard",
            self.joined,
            self.phrases,
            self.cut,
            self.heard_frames / 6000
        )
    }
}

/// Which of the two in a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The one whose process is counted: joins first, leaves last.
    Host,
    /// The other one, in a process of its own.
    Guest,
}

impl Side {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Guest => "guest",
        }
    }
}

/// Rooms come and go for so long; then all are left.
pub(crate) async fn round(url: &str, side: Side, rooms: usize, span: Duration, seed: u64) -> Said {
    let end = Instant::now() + span;
    let slots = (0..rooms).map(|slot| {
        let url = url.to_owned();
        spawn(async move {
            // Both sides draw the same, so that they meet.
            let mut random = StdRng::seed_from_u64(seed * 1_000 + slot as u64);
            let mut said = Said::default();
            // They do not all come at once.
            sleep(Duration::from_millis(random.random_range(0..10_000))).await;
            // Each visit is to a room of its own, where nobody comes back before the host has left.
            for number in 0.. {
                if Instant::now() + Duration::from_secs(25) >= end {
                    break;
                }
                let visit = Visit::draw(&mut random);
                let room = format!("soak {seed} {slot} {number}");
                said += visit.make(&url, &room, side).await;
            }
            said
        })
    });
    let mut said = Said::default();
    for slot in join_all(slots).await {
        said += slot.unwrap();
    }
    said
}

/// One stay in a room: phrases in turn, the host's first.
struct Visit {
    phrases: Vec<Phrase>,
}

struct Phrase {
    ms: u32,
    cut: bool,
    pause: Duration,
}

impl Visit {
    fn draw(random: &mut StdRng) -> Self {
        let count = random.random_range(2..6);
        let phrases = (0..count).map(|_| Phrase {
            ms: random.random_range(500..3_000),
            cut: random.random_bool(0.3),
            pause: Duration::from_millis(random.random_range(200..4_000)),
        });
        Self {
            phrases: phrases.collect(),
        }
    }

    async fn make(self, url: &str, room: &str, side: Side) -> Said {
        let token = token(room, side.name());
        let (room, mut events) = connect(url, &token, RoomOptions::default()).await.unwrap();
        let (source, _track) = publish(&room, 200).await;
        let mut said = Said {
            joined: 1,
            ..Said::default()
        };
        // The other one may be late, or come no more because the round is over.
        let found = timeout(MEET, subscribed_whenever(&mut events)).await;
        if let Ok(track) = found {
            let ear = spawn(listen(track));
            for (number, phrase) in self.phrases.iter().enumerate() {
                if number.is_multiple_of(2) == (side == Side::Host) {
                    talk(&source, phrase.ms, phrase.cut).await;
                    said.phrases += 1;
                    said.cut += u64::from(phrase.cut);
                } else {
                    sleep(Duration::from_millis(phrase.ms.into())).await;
                }
                sleep(phrase.pause).await;
            }
            leave(side, &room, &mut events).await;
            said.heard_frames = ear.await.unwrap();
        } else {
            leave(side, &room, &mut events).await;
        }
        said
    }
}

/// The host stays until it is alone.
async fn leave(side: Side, room: &Room, events: &mut UnboundedReceiver<RoomEvent>) {
    if side == Side::Host {
        let alone =
            async { while !room.remote_participants().is_empty() && events.recv().await.is_some() {} };
        if timeout(PART, alone).await.is_err() {
            println!("a guest has not left within {PART:?}: what its room leaves behind is not ours");
        }
    }
    room.close().await.unwrap();
}

async fn talk(source: &NativeAudioSource, ms: u32, cut: bool) {
    for _ in 0..ms / 100 {
        source.capture_frame(&tone(500.0, 100)).await.unwrap();
    }
    if cut {
        source.clear_buffer();
    }
}

/// Hears with both kinds of reader; gives the frames played.
async fn listen(track: RemoteAudioTrack) -> u64 {
    let played = NativeAudioStream::new(track.rtc_track(), 48_000, 1);
    let recognised = ImmediateAudioStream::new(&track.rtc_track(), 16_000, 1);
    drop(track);
    let (played, _) = tokio::join!(played.count(), recognised.count());
    played as u64
}
