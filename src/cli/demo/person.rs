//! The person of a demo: an ordinary LiveKit participant with a recorded voice and ears.

use std::borrow::Cow;
use std::time::Duration;

use futures::StreamExt;
use livekit::options::TrackPublishOptions;
use livekit::prelude::{LocalAudioTrack, LocalTrack, RemoteTrack, Room, RoomEvent, RoomOptions, TrackSource};
use livekit::webrtc::audio_frame::AudioFrame;
use livekit::webrtc::audio_source::native::NativeAudioSource;
use livekit::webrtc::audio_source::{AudioSourceOptions, RtcAudioSource};
use livekit::webrtc::audio_stream::native::NativeAudioStream;
use livekit::webrtc::prelude::RtcAudioTrack;
use tokio::sync::mpsc::{self, UnboundedReceiver};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::mixdown::RATE_HZ;
use crate::cli::Failure;
use crate::cli::client::Join;
use crate::link::livekit::connect;

/// One frame of the microphone.
const FRAME: Duration = Duration::from_millis(10);
const FRAME_SAMPLES: usize = (RATE_HZ / 100) as usize;
/// Audio that may wait in the sender; more would only add delay.
const SEND_QUEUE_MS: u32 = 40;
/// What was sensed and not yet looked at: 5 s of three voices. When full the senses wait, as nothing may be lost.
const SENSED_MAX: usize = 1500;
/// Recordings that wait for the microphone.
const RECORDINGS_MAX: usize = 4;

/// What the person notices.
#[derive(Debug)]
pub(super) enum Sensed {
    /// A participant's audio can be heard from now on.
    Joined { identity: String },
    /// Audio of a participant that arrived at `at`.
    Heard {
        identity: String,
        pcm: Vec<i16>,
        at: Instant,
    },
    /// Audio of the own microphone that left at `at`; `last` ends a recording.
    Said { pcm: Vec<i16>, at: Instant, last: bool },
    /// The connection is gone.
    Disconnected { reason: String },
}

/// A person in a room; dropping it leaves.
pub(super) struct Person {
    room: Room,
    recordings: mpsc::Sender<Vec<i16>>,
    sensed: mpsc::Receiver<Sensed>,
    _tasks: JoinSet<()>,
}

impl Person {
    /// Joins and opens the microphone, silent at first.
    pub(super) async fn join(join: &Join) -> Result<Self, Failure> {
        let (room, events) = connect(&join.url, &join.token, RoomOptions::default())
            .await
            .map_err(|error| Failure::failed(format!("join room: {error}")))?;
        let microphone = NativeAudioSource::new(AudioSourceOptions::default(), RATE_HZ, 1, SEND_QUEUE_MS);
        let track =
            LocalAudioTrack::create_audio_track("microphone", RtcAudioSource::Native(microphone.clone()));
        let options = TrackPublishOptions {
            source: TrackSource::Microphone,
            ..Default::default()
        };
        room.local_participant()
            .publish_track(LocalTrack::Audio(track), options)
            .await
            .map_err(|error| Failure::failed(format!("publish microphone: {error}")))?;

        let (sense, sensed) = mpsc::channel(SENSED_MAX);
        let (recordings, to_play) = mpsc::channel(RECORDINGS_MAX);
        let mut tasks = JoinSet::new();
        tasks.spawn(speak(microphone, to_play, sense.clone()));
        tasks.spawn(listen(events, sense));
        Ok(Self {
            room,
            recordings,
            sensed,
            _tasks: tasks,
        })
    }

    /// Says a recording, after those before it.
    pub(super) async fn say(&self, recording: Vec<i16>) -> Result<(), Failure> {
        self.recordings
            .send(recording)
            .await
            .map_err(|_| Failure::failed("the microphone stopped"))
    }

    /// The next thing noticed; `None` once nothing ever will be.
    pub(super) async fn sense(&mut self) -> Option<Sensed> {
        self.sensed.recv().await
    }

    /// Leaves the room.
    pub(super) async fn leave(self) {
        if let Err(error) = self.room.close().await {
            tracing::debug!(%error, "leave room");
        }
    }
}

/// A microphone never pauses: silence is sent between the recordings.
async fn speak(
    microphone: NativeAudioSource,
    mut to_play: mpsc::Receiver<Vec<i16>>,
    sense: mpsc::Sender<Sensed>,
) {
    let mut clock = interval(FRAME);
    clock.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut playing: Option<(Vec<i16>, usize)> = None;
    loop {
        clock.tick().await;
        if playing.is_none() {
            playing = to_play.try_recv().ok().map(|recording| (recording, 0));
        }
        let mut pcm = vec![0; FRAME_SAMPLES];
        let mut last = false;
        if let Some((recording, from)) = &mut playing {
            let rest = recording.get(*from..).unwrap_or_default();
            for (sample, recorded) in pcm.iter_mut().zip(rest) {
                *sample = *recorded;
            }
            *from += FRAME_SAMPLES;
            last = *from >= recording.len();
        }
        if last {
            playing = None;
        }
        let frame = AudioFrame {
            data: Cow::Borrowed(&pcm),
            sample_rate: RATE_HZ,
            num_channels: 1,
            samples_per_channel: FRAME_SAMPLES as u32,
        };
        if let Err(error) = microphone.capture_frame(&frame).await {
            tracing::debug!(%error, "send audio");
        }
        if sense
            .send(Sensed::Said {
                pcm,
                at: Instant::now(),
                last,
            })
            .await
            .is_err()
        {
            return;
        }
    }
}

async fn listen(mut events: UnboundedReceiver<RoomEvent>, sense: mpsc::Sender<Sensed>) {
    let mut ears = JoinSet::new();
    while let Some(event) = events.recv().await {
        let sensed = match event {
            RoomEvent::TrackSubscribed {
                track: RemoteTrack::Audio(track),
                participant,
                ..
            } => {
                let identity = participant.identity().to_string();
                ears.spawn(hear(track.rtc_track(), identity.clone(), sense.clone()));
                Sensed::Joined { identity }
            }
            RoomEvent::Disconnected { reason } => Sensed::Disconnected {
                reason: format!("{reason:?}"),
            },
            _ => continue,
        };
        if sense.send(sensed).await.is_err() {
            return;
        }
    }
}

async fn hear(track: RtcAudioTrack, identity: String, sense: mpsc::Sender<Sensed>) {
    let mut frames = NativeAudioStream::new(track, RATE_HZ as i32, 1);
    while let Some(frame) = frames.next().await {
        let heard = Sensed::Heard {
            identity: identity.clone(),
            pcm: frame.data.into_owned(),
            at: Instant::now(),
        };
        if sense.send(heard).await.is_err() {
            return;
        }
    }
}
