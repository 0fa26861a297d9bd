//! What a worker has to be told about the rooms it holds.

use async_trait::async_trait;

use crate::character::Character;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::room::Participant;

/// Changes that one answer holds; the rest follows with the next call.
pub(in crate::rooms::store) const CHANGES_MAX: i64 = 200;

/// A change that a worker has not seen.
#[derive(Debug, Clone)]
pub enum PendingChange {
    /// A character joined. Its row in the store, unless it is a built-in.
    Added {
        /// `room_…`.
        room_id: String,
        /// Name of the LiveKit room.
        livekit_room: String,
        /// Its participant.
        participant: Participant,
        /// Who it is, unless a built-in.
        character: Option<Box<Character>>,
    },
    /// A character left.
    Removed {
        /// `room_…`.
        room_id: String,
        /// Who.
        character_id: String,
    },
    /// The room is over.
    RoomEnded {
        /// `room_…`.
        room_id: String,
    },
}

/// What workers have to be told.
#[async_trait]
pub trait ChangeRows {
    /// The worker's changes after `cursor`, oldest first, and the next cursor. A change is never committed
    /// behind a cursor that was answered.
    ///
    /// # Errors
    /// When the database fails.
    async fn changes(&self, worker_id: &str, cursor: i64) -> Result<(i64, Vec<PendingChange>), Error>;

    /// Forgets changes older than `before`: their worker is long gone.
    ///
    /// # Errors
    /// When the database fails.
    async fn forget_changes(&self, before: Timestamp) -> Result<(), Error>;
}
