//! LiveKit's side of rooms: what is played in a LiveKit room, what LiveKit told, and where nobody is.

use async_trait::async_trait;

use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::reconcile::Played;

/// The room that belongs to a LiveKit room.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct PlayedIn {
    /// `project_…`.
    pub project_id: String,
    /// `room_…`.
    pub room_id: String,
    /// Whether it was started.
    pub started: bool,
}

/// LiveKit's side of rooms.
#[async_trait]
pub trait LiveKitRows {
    /// The room of this LiveKit room, ended ones too.
    ///
    /// # Errors
    /// When the database fails.
    async fn room_played_in(&self, livekit_room: &str) -> Result<Option<PlayedIn>, Error>;

    /// Started rooms that have not ended, after the position `after`, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    async fn rooms_played(&self, after: i64, limit: u32) -> Result<Vec<Played>, Error>;

    /// Notes that nobody is in a room since `at`; an earlier note stays.
    ///
    /// # Errors
    /// When the database fails.
    async fn watch_room(&self, room_id: &str, at: Timestamp) -> Result<(), Error>;

    /// Forgets that nobody was in a room.
    ///
    /// # Errors
    /// When the database fails.
    async fn unwatch_room(&self, room_id: &str) -> Result<(), Error>;

    /// Notes that LiveKit told an event; answers whether it is new.
    ///
    /// # Errors
    /// When the database fails.
    async fn note_livekit_event(&self, event_id: &str) -> Result<bool, Error>;

    /// Forgets one event, so that it counts as new when told again.
    ///
    /// # Errors
    /// When the database fails.
    async fn forget_livekit_event(&self, event_id: &str) -> Result<(), Error>;

    /// Forgets events told before `before`, and watches of rooms that ended before it.
    ///
    /// # Errors
    /// When the database fails.
    async fn forget_livekit_side(&self, before: Timestamp) -> Result<(), Error>;
}
