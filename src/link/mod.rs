//! Where audio enters and leaves: a LiveKit room, or this terminal.
//!
//! A session speaks with a [`Connection`] a character and does not know which of the two is behind it.

pub mod console;
pub mod livekit;

use troupe_dialogue::AgentState;

use crate::protocol::Ambience;
use crate::voice::{Ambiences, Sink};

/// Prefix of every character's identity; whoever carries it is no person.
pub const AGENT_PREFIX: &str = "agent-";

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
    #[error("LiveKit did not answer within {0:?}")]
    Timeout(std::time::Duration),
}

/// What a connection sees; people only while it listens.
#[derive(Debug)]
pub enum Seen {
    /// A person is there.
    PersonJoined {
        /// Their identity.
        identity: String,
        /// Display name, or the identity.
        name: String,
    },
    /// A person is gone.
    PersonLeft {
        /// Their identity.
        identity: String,
    },
    /// A person's sound can be heard.
    Track {
        /// Their identity.
        identity: String,
        /// Its track's id.
        sid: String,
        /// The track.
        track: Track,
    },
    /// A person's sound is gone.
    TrackGone {
        /// Their identity.
        identity: String,
        /// Its track's id.
        sid: String,
    },
    /// A person typed.
    Typed {
        /// Their identity.
        identity: String,
        /// What.
        text: String,
    },
    /// The connection is over for good.
    Lost {
        /// The server's word for why.
        reason: String,
        /// The room itself is gone.
        room_is_over: bool,
    },
}

/// A person's sound on its way in.
#[derive(Debug)]
pub enum Track {
    /// Of a LiveKit participant.
    LiveKit(::livekit::prelude::RemoteAudioTrack),
    /// Of the person at this terminal.
    Console(console::Microphone),
}

/// One caption.
#[derive(Debug, Clone)]
pub enum Caption {
    /// A person's words as they stand; each replaces the one before it of the same segment.
    Person {
        /// Identity of the speaker.
        identity: String,
        /// `SG_…`.
        segment: String,
        /// The speaker's track.
        track_sid: String,
        /// The words.
        text: String,
        /// Whether they stand for good.
        is_final: bool,
    },
    /// More words of the character's own segment.
    Own {
        /// `SG_…`.
        segment: String,
        /// The words to add.
        text: String,
        /// The speaker's track.
        track_sid: String,
    },
    /// The character's own segment is over.
    OwnEnd,
}

/// A character in its room.
pub enum Connection {
    /// As a LiveKit participant.
    LiveKit(Box<livekit::Connection>),
    /// At this terminal.
    Console(console::Connection),
}

impl Connection {
    /// From now on this connection hears the people and reports them. One of a room's connections does.
    pub fn listen(&self) {
        match self {
            Self::LiveKit(connection) => connection.listen(),
            Self::Console(connection) => connection.listen(),
        }
    }

    /// From now on this connection sounds like a place as well, on a track of its own; a terminal does not. Asked again
    /// it goes on as it does.
    pub fn surround(&self, ambiences: &Ambiences, ambience: Ambience) {
        if let Self::LiveKit(connection) = self {
            connection.surround(ambiences.clone(), ambience);
        }
    }

    /// Shows what the character does.
    pub fn show(&self, state: AgentState) {
        match self {
            Self::LiveKit(connection) => connection.show(state),
            Self::Console(connection) => connection.show(state),
        }
    }

    /// Shows words.
    pub fn caption(&self, caption: Caption) {
        match self {
            Self::LiveKit(connection) => connection.captions().send(caption),
            Self::Console(connection) => connection.caption(caption),
        }
    }

    /// The id of the character's track.
    pub fn track_sid(&self) -> &str {
        match self {
            Self::LiveKit(connection) => connection.track_sid(),
            Self::Console(_) => "",
        }
    }

    /// Where the character's sound goes.
    pub fn sink(&self) -> VoiceSink {
        match self {
            Self::LiveKit(connection) => VoiceSink::LiveKit(connection.sink()),
            Self::Console(connection) => VoiceSink::Console(connection.sink()),
        }
    }

    /// Leaves the room.
    pub async fn leave(self) {
        if let Self::LiveKit(connection) = self {
            connection.leave().await;
        }
    }

    /// Ends the character's track, and leaves the room once that is over for everybody.
    pub async fn leave_last(self) {
        if let Self::LiveKit(connection) = self {
            connection.leave_last().await;
        }
    }
}

/// Takes a player's frames to where they are heard.
pub enum VoiceSink {
    /// A LiveKit track.
    LiveKit(livekit::TrackSink),
    /// The speaker of this terminal.
    Console(console::SpeakerSink),
}

impl Sink for VoiceSink {
    async fn frame(&mut self, pcm: &[i16]) {
        match self {
            Self::LiveKit(sink) => sink.frame(pcm).await,
            Self::Console(sink) => sink.frame(pcm).await,
        }
    }

    fn clear(&mut self) {
        match self {
            Self::LiveKit(sink) => sink.clear(),
            Self::Console(sink) => sink.clear(),
        }
    }
}
