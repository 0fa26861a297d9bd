//! The caller in its room.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures::StreamExt;
use livekit::options::TrackPublishOptions;
use livekit::prelude::{LocalAudioTrack, LocalTrack, RemoteTrack, Room, RoomEvent, RoomOptions, TrackSource};
use livekit::webrtc::audio_source::native::NativeAudioSource;
use livekit::webrtc::audio_source::{AudioSourceOptions, RtcAudioSource};
use livekit::webrtc::audio_stream::native::NativeAudioStream;
use livekit::webrtc::prelude::RtcAudioTrack;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::ear::Ear;
use super::microphone::{self, Saying, Spoken};
use super::{Clock, RATE_HZ};
use crate::link::livekit::connect;

/// Sound that waits in the sender, ms: as much as the other callers let wait, since it is part of every delay.
const SEND_QUEUE_MS: u32 = 20;
/// How often what is waited for is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// Why there is no caller.
#[derive(Debug, thiserror::Error)]
pub enum CallerError {
    /// The server did not let it in.
    #[error("join room: {0}")]
    Join(String),
    /// It is in, but its microphone is not.
    #[error("publish microphone: {0}")]
    Publish(String),
    /// The microphone stopped.
    #[error("the microphone stopped")]
    Silenced,
}

/// What the caller's tasks write and its turns read.
#[derive(Debug, Default)]
struct Senses {
    ear: Mutex<Ear>,
    events: Mutex<BTreeMap<String, f64>>,
}

/// A caller in a room; dropping it leaves.
pub struct Caller {
    pub(super) clock: Clock,
    senses: Arc<Senses>,
    room: Room,
    queue: mpsc::Sender<Saying>,
    late_us: Arc<AtomicU64>,
    _tasks: JoinSet<()>,
}

impl Caller {
    /// Joins and opens the microphone. `seed` tells the noise of this caller from that of others.
    ///
    /// # Errors
    /// When LiveKit does not let it in or takes no track.
    pub async fn join(url: &str, token: &str, clock: Clock, seed: u64) -> Result<Self, CallerError> {
        let senses = Arc::new(Senses::default());
        senses.mark("connect", clock);
        let (room, events) = connect(url, token, RoomOptions::default())
            .await
            .map_err(|error| CallerError::Join(error.to_string()))?;
        senses.mark("connected", clock);
        let source = NativeAudioSource::new(AudioSourceOptions::default(), RATE_HZ, 1, SEND_QUEUE_MS);
        let track = LocalAudioTrack::create_audio_track("mic", RtcAudioSource::Native(source.clone()));
        let options = TrackPublishOptions {
            source: TrackSource::Microphone,
            ..TrackPublishOptions::default()
        };
        room.local_participant()
            .publish_track(LocalTrack::Audio(track), options)
            .await
            .map_err(|error| CallerError::Publish(error.to_string()))?;
        senses.mark("mic_published", clock);
        let (queue, to_say) = mpsc::channel(microphone::WAITING_MAX);
        let late_us = Arc::new(AtomicU64::new(0));
        let mut tasks = JoinSet::new();
        tasks.spawn(microphone::feed(source, to_say, clock, seed, late_us.clone()));
        tasks.spawn(listen(events, senses.clone(), clock));
        Ok(Self {
            clock,
            senses,
            room,
            queue,
            late_us,
            _tasks: tasks,
        })
    }

    /// Notes that something happens now, once.
    pub fn mark(&self, event: &str) {
        self.senses.mark(event, self.clock);
    }

    /// Whether something has happened.
    pub fn has_happened(&self, event: &str) -> bool {
        lock(&self.senses.events).contains_key(event)
    }

    /// What happened when, s since 1970.
    pub fn events(&self) -> BTreeMap<String, f64> {
        lock(&self.senses.events).clone()
    }

    /// The most by which a frame of the microphone was late, ms.
    pub fn late_ms(&self) -> f64 {
        super::tenths(self.late_us.load(Ordering::Relaxed) as f64 / 1000.0)
    }

    pub(super) fn ear(&self) -> MutexGuard<'_, Ear> {
        lock(&self.senses.ear)
    }

    /// Says something; the answer comes when it was said.
    pub(super) async fn say(&self, pcm: &[i16]) -> Result<oneshot::Receiver<Spoken>, CallerError> {
        let (said, spoken) = oneshot::channel();
        let saying = Saying {
            pcm: pcm.to_vec(),
            said,
        };
        self.queue.send(saying).await.map_err(|_| CallerError::Silenced)?;
        Ok(spoken)
    }

    /// Waits for something; answers whether it came within so many seconds.
    pub async fn wait(&self, within_s: f64, mut is_there: impl FnMut(&Self) -> bool) -> bool {
        let until = self.clock.now_s() + within_s;
        loop {
            if is_there(self) {
                return true;
            }
            if self.clock.now_s() >= until {
                return false;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    pub(super) fn is_quiet(&self, seconds: f64) -> bool {
        self.ear().is_quiet(seconds, self.clock.now_s())
    }

    /// Leaves the room.
    pub async fn leave(self) {
        if let Err(error) = self.room.close().await {
            tracing::debug!(%error, "leave room");
        }
    }
}

impl Senses {
    fn mark(&self, event: &str, clock: Clock) {
        lock(&self.events)
            .entry(event.to_owned())
            .or_insert_with(|| clock.now_s());
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn listen(mut events: UnboundedReceiver<RoomEvent>, senses: Arc<Senses>, clock: Clock) {
    let mut ears = JoinSet::new();
    while let Some(event) = events.recv().await {
        match event {
            RoomEvent::ParticipantConnected(_) => senses.mark("agent_joined", clock),
            RoomEvent::TrackPublished { .. } => senses.mark("track_published", clock),
            RoomEvent::TrackSubscribed {
                track: RemoteTrack::Audio(track),
                ..
            } => {
                senses.mark("track_subscribed", clock);
                ears.spawn(hear(track.rtc_track(), senses.clone(), clock));
            }
            _ => {}
        }
    }
}

async fn hear(track: RtcAudioTrack, senses: Arc<Senses>, clock: Clock) {
    let mut frames = NativeAudioStream::new(track, RATE_HZ.cast_signed(), 1);
    while let Some(frame) = frames.next().await {
        let now = clock.now_s();
        lock(&senses.ear).hear(&frame.data, now);
    }
}
