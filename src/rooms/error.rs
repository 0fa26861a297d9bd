//! Why an operation was not done.

use super::livekit::LiveKitError;

/// Failure of a domain operation; a surface turns it into a status.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such object, or it belongs to another project.
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The caller may see the object but not do this to it.
    #[error("{message}")]
    Forbidden {
        /// Stable code.
        code: &'static str,
        /// What to do instead.
        message: &'static str,
    },
    /// It would be more than the project may have at once.
    #[error("{message}")]
    TooMany {
        /// Stable code.
        code: &'static str,
        /// What to do about it.
        message: &'static str,
    },
    /// The object's state does not allow it.
    #[error("{message}")]
    Conflict {
        /// Stable code.
        code: &'static str,
        /// What to do about it.
        message: &'static str,
    },
    /// A parameter can't be used.
    #[error("{param}: {message}")]
    Invalid {
        /// The parameter as the client knows it.
        param: &'static str,
        /// What it must be.
        message: String,
    },
    /// LiveKit did not do its part.
    #[error("call LiveKit: {0}")]
    LiveKit(#[from] LiveKitError),
    /// Recorded files can't be kept or read.
    #[error("use the store of recordings: {0}")]
    Objects(#[source] std::io::Error),
    /// The database did not answer.
    #[error("use the database: {0}")]
    Store(#[from] sqlx::Error),
    /// A stored value is not what this version writes.
    #[error("read a stored {0}")]
    Corrupt(&'static str),
}

impl Error {
    /// The room is over.
    pub const ROOM_ENDED: Self = Self::Conflict {
        code: "room_ended",
        message: "the room has ended; create another one",
    };
    /// The room must be over first.
    pub const ROOM_GOES_ON: Self = Self::Conflict {
        code: "room_active",
        message: "the room goes on; end it first",
    };
    /// A segment's track was never told of.
    pub const UNKNOWN_TRACK: Self = Self::Conflict {
        code: "unknown_track",
        message: "tell of this track before handing in its segments",
    };
    /// Another segment has this place.
    pub const SEGMENT_DIFFERS: Self = Self::Conflict {
        code: "segment_differs",
        message: "another segment was stored under this epoch, track and sequence",
    };
    /// Another claim of the room is newer, or it was released.
    pub const STALE_EPOCH: Self = Self::Conflict {
        code: "stale_epoch",
        message: "this worker no longer holds the room under this epoch; leave it",
    };
}
