//! Recordings that are ready.

use async_trait::async_trait;

use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::list::After;
use crate::rooms::recording::Recording;

/// Recordings that are ready.
#[async_trait]
pub trait RecordingRows {
    /// Writes down the recordings of a room, in this order, and that it has been joined. Answers whether they
    /// are its recordings now: another server may have been faster. The time is the database's, and webhooks are
    /// told of each in the same transaction.
    ///
    /// # Errors
    /// When the database fails.
    async fn insert_recordings(&self, room_id: &str, recordings: &[Recording]) -> Result<bool, Error>;

    /// The recordings of a room, the mix first, at most `limit` after the recording `after`. The caller has seen
    /// that the room is the project's.
    ///
    /// # Errors
    /// When `after` is no recording of the room or the database fails.
    async fn recordings(
        &self,
        room_id: &str,
        after: After<'_>,
        limit: Option<u32>,
    ) -> Result<Vec<Recording>, Error>;

    /// A recording of any project, for those who have a link.
    ///
    /// # Errors
    /// When there is none or the database fails.
    async fn recording(&self, id: &str) -> Result<Recording, Error>;

    /// Rooms whose recordings were joined more days before `now` than their project keeps any, at most `limit`. `days`
    /// holds for projects that say nothing; without it they keep theirs.
    ///
    /// # Errors
    /// When the database fails.
    async fn rooms_recorded_too_long(
        &self,
        now: Timestamp,
        days: Option<u32>,
        limit: u32,
    ) -> Result<Vec<String>, Error>;

    /// Forgets the recordings of a room.
    ///
    /// # Errors
    /// When the database fails.
    async fn forget_recordings(&self, room_id: &str) -> Result<(), Error>;
}

/// The error for a position that is none of the room.
pub(in crate::rooms::store) fn not_a_recording() -> Error {
    Error::Invalid {
        param: "after",
        message: "must be the id of a recording of this room".into(),
    }
}
