//! One character's connection to a LiveKit room.

mod ambience;
mod captions;
mod listening;
mod signalling;
mod sink;
mod state;
mod typed;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use livekit::options::TrackPublishOptions;
use livekit::prelude::{ConnectionState, LocalAudioTrack, LocalTrack, Room, RoomOptions, TrackSource};
use livekit::webrtc::audio_source::native::NativeAudioSource;
use livekit::webrtc::audio_source::{AudioSourceOptions, RtcAudioSource};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;
use troupe_dialogue::AgentState;

pub use captions::Captions;
pub use signalling::connect;
pub use sink::TrackSink;

use super::{AGENT_PREFIX, Caption, LinkError, Seen, Track};
use crate::protocol::Ambience;
use crate::voice::{Ambiences, VOICE_RATE_HZ};

/// Time to connect and publish.
const JOIN_WITHIN: Duration = Duration::from_secs(10);
/// Time to say goodbye.
const LEAVE_WITHIN: Duration = Duration::from_secs(2);
/// Time for whoever closes a room that is over to end everybody's tracks.
const LAST_WITHIN: Duration = Duration::from_secs(15);
const LOOK_AROUND_EVERY: Duration = Duration::from_millis(100);
/// Sound that the track's source holds before it is sent, ms: more than the player's lead.
const SOURCE_QUEUE_MS: u32 = 200;

/// A character in its room: connected, with its track published.
pub struct Connection {
    room: Arc<Room>,
    source: NativeAudioSource,
    track_sid: String,
    states: watch::Sender<AgentState>,
    listen: mpsc::Sender<()>,
    captions: Captions,
    surrounding: OnceLock<AbortOnDropHandle<()>>,
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
            .map_err(|_| LinkError::Timeout(JOIN_WITHIN))?
    }

    async fn join_in_any_time(
        url: &str,
        token: &str,
        seen: impl Fn(Seen) + Send + Sync + 'static,
    ) -> Result<Self, LinkError> {
        let mut options = RoomOptions::default();
        options.auto_subscribe = false;
        let (room, events) = connect(url, token, options)
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
            captions: Captions::start(room.clone()),
            room,
            source,
            track_sid: publication.sid().to_string(),
            states,
            listen,
            surrounding: OnceLock::new(),
            _tasks: tasks.map(AbortOnDropHandle::new),
        })
    }

    /// From now on this connection subscribes to the people and reports them. One of a room's connections does.
    pub fn listen(&self) {
        // Full means that it was asked already.
        let _ = self.listen.try_send(());
    }

    /// Sounds like a place as well, on a track of its own, once whatever else was asked.
    pub fn surround(&self, ambiences: Ambiences, ambience: Ambience) {
        self.surrounding.get_or_init(|| {
            let surrounding = ambience::run(self.room.local_participant(), ambiences, ambience);
            AbortOnDropHandle::new(tokio::spawn(surrounding))
        });
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

    /// Ends the character's track, and leaves once nobody else has one: the client (0.10) keeps a room for ever in
    /// which others have tracks, and whoever closes the room ends them first. docs/transport.md tells more.
    pub async fn leave_last(self) {
        let member = self.room.local_participant();
        for sid in member.track_publications().into_keys() {
            // What is not ended here ends with the connection.
            let _ = tokio::time::timeout(LEAVE_WITHIN, member.unpublish_track(&sid)).await;
        }
        let is_last = || {
            let others = self.room.remote_participants();
            self.room.connection_state() == ConnectionState::Disconnected
                || others.values().all(|other| other.track_publications().is_empty())
        };
        let until = Instant::now() + LAST_WITHIN;
        while !is_last() && Instant::now() < until {
            tokio::time::sleep(LOOK_AROUND_EVERY).await;
        }
        self.leave().await;
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
