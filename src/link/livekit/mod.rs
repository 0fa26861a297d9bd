//! One character's connection to a LiveKit room.

mod captions;
mod listening;
mod sink;
mod state;

use std::sync::Arc;
use std::time::Duration;

use livekit::options::TrackPublishOptions;
use livekit::prelude::{LocalAudioTrack, LocalTrack, RemoteAudioTrack, Room, RoomOptions, TrackSource};
use livekit::webrtc::audio_source::native::NativeAudioSource;
use livekit::webrtc::audio_source::{AudioSourceOptions, RtcAudioSource};
use tokio::sync::{mpsc, watch};
use tokio_util::task::AbortOnDropHandle;
use troupe_dialogue::AgentState;

pub use captions::{Caption, Captions};
pub use sink::TrackSink;

use crate::voice::VOICE_RATE_HZ;

/// Prefix of every character's identity; whoever carries it is no person.
pub const AGENT_PREFIX: &str = "agent-";
/// Time to connect and publish.
const JOIN_WITHIN: Duration = Duration::from_secs(10);
/// Time to say goodbye.
const LEAVE_WITHIN: Duration = Duration::from_secs(2);
/// Sound that the track's source holds before it is sent, ms: more than the player's lead.
const SOURCE_QUEUE_MS: u32 = 200;

/// Why a character is not in its room.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LinkError {
    /// The server did not let it in.
    #[error("LiveKit connection failed: {0}")]
    Connect(String),
    /// It is in, but its track is not.
    #[error("LiveKit took no track: {0}")]
    Publish(String),
    /// The server took too long.
    #[error("LiveKit did not answer within {JOIN_WITHIN:?}")]
    Timeout,
}

/// What a connection sees; people only while it listens.
#[derive(Debug)]
pub enum Seen {
    /// A person is there.
    PersonJoined {
        /// LiveKit identity.
        identity: String,
        /// Display name, or the identity.
        name: String,
    },
    /// A person is gone.
    PersonLeft {
        /// LiveKit identity.
        identity: String,
    },
    /// A person's sound can be heard.
    Track {
        /// LiveKit identity.
        identity: String,
        /// Its track's id.
        sid: String,
        /// The track.
        track: RemoteAudioTrack,
    },
    /// A person's sound is gone.
    TrackGone {
        /// LiveKit identity.
        identity: String,
        /// Its track's id.
        sid: String,
    },
    /// A person typed.
    Typed {
        /// LiveKit identity.
        identity: String,
        /// What.
        text: String,
    },
    /// The connection is over for good.
    Lost {
        /// LiveKit's word for why.
        reason: String,
        /// The room itself is gone.
        room_is_over: bool,
    },
}

/// A character in its room: connected, with its track published.
pub struct Connection {
    room: Arc<Room>,
    source: NativeAudioSource,
    track_sid: String,
    states: watch::Sender<AgentState>,
    listen: mpsc::Sender<()>,
    captions: Captions,
    _tasks: [AbortOnDropHandle<()>; 2],
}

impl Connection {
    /// Joins and publishes; `seen` must not wait.
    ///
    /// # Errors
    /// When the server can't be reached, refuses the token or the track, or takes too long.
    pub async fn join(
        url: &str,
        token: &str,
        seen: impl Fn(Seen) + Send + Sync + 'static,
    ) -> Result<Self, LinkError> {
        tokio::time::timeout(JOIN_WITHIN, Self::join_in_any_time(url, token, seen))
            .await
            .map_err(|_| LinkError::Timeout)?
    }

    async fn join_in_any_time(
        url: &str,
        token: &str,
        seen: impl Fn(Seen) + Send + Sync + 'static,
    ) -> Result<Self, LinkError> {
        let mut options = RoomOptions::default();
        options.auto_subscribe = false;
        let (room, events) = Room::connect(url, token, options)
            .await
            .map_err(|error| LinkError::Connect(error.to_string()))?;
        let room = Arc::new(room);
        let source = NativeAudioSource::new(AudioSourceOptions::default(), VOICE_RATE_HZ, 1, SOURCE_QUEUE_MS);
        let track = LocalAudioTrack::create_audio_track("voice", RtcAudioSource::Native(source.clone()));
        let options = TrackPublishOptions {
            source: TrackSource::Microphone,
            dtx: true,
            red: false,
            ..TrackPublishOptions::default()
        };
        let publication = room
            .local_participant()
            .publish_track(LocalTrack::Audio(track), options)
            .await
            .map_err(|error| LinkError::Publish(error.to_string()))?;
        let (states, state) = watch::channel(AgentState::Listening);
        let (listen, listening) = mpsc::channel(1);
        let tasks = [
            tokio::spawn(listening::run(room.clone(), events, listening, seen)),
            tokio::spawn(state::run(room.local_participant(), state)),
        ];
        Ok(Self {
            captions: Captions::start(room.local_participant()),
            room,
            source,
            track_sid: publication.sid().to_string(),
            states,
            listen,
            _tasks: tasks.map(AbortOnDropHandle::new),
        })
    }

    /// From now on this connection subscribes to the people and reports them. One of a room's connections does.
    pub fn listen(&self) {
        // Full means that it was asked already.
        let _ = self.listen.try_send(());
    }

    /// Shows what the character does.
    pub fn show(&self, state: AgentState) {
        self.states.send_replace(state);
    }

    /// Where captions go.
    pub fn captions(&self) -> &Captions {
        &self.captions
    }

    /// The id of the character's track.
    pub fn track_sid(&self) -> &str {
        &self.track_sid
    }

    /// Where the character's sound goes.
    pub fn sink(&self) -> TrackSink {
        TrackSink::new(self.source.clone())
    }

    /// Leaves the room.
    pub async fn leave(self) {
        if tokio::time::timeout(LEAVE_WITHIN, self.room.close())
            .await
            .is_err()
        {
            tracing::warn!("leave a room: LiveKit did not answer");
        }
    }
}
