//! What workers hand in of a recording, until it is joined.

use async_trait::async_trait;

use crate::protocol::RecordingRequest;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::recording::{NewSegment, RoomToJoin, SegmentStored, Take};

/// What workers hand in of a recording.
#[async_trait]
pub trait RecordingTakeRows {
    /// Writes down what the holder of an epoch says of its tracks.
    ///
    /// # Errors
    /// When the worker does not hold the room under this epoch, or the database fails.
    async fn tell_recording(&self, room_id: &str, request: &RecordingRequest) -> Result<(), Error>;

    /// Whether a segment may be stored, and whether it is already.
    ///
    /// # Errors
    /// When the worker does not hold the room under the segment's epoch, it told of no such track, another
    /// segment has this place, or the database fails.
    async fn check_segment(
        &self,
        worker_id: &str,
        segment: &NewSegment,
    ) -> Result<Option<SegmentStored>, Error>;

    /// Writes down a segment whose file is stored.
    ///
    /// # Errors
    /// As [`Self::check_segment`].
    async fn insert_segment(&self, worker_id: &str, segment: &NewSegment) -> Result<SegmentStored, Error>;

    /// Rooms that are over, are to be recorded, and from whose holder nothing more comes: it released the room,
    /// is gone, or the room ended before `given_up`. At most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    async fn rooms_to_join(&self, given_up: Timestamp, limit: u32) -> Result<Vec<RoomToJoin>, Error>;

    /// Everything that was handed in of a room, by epoch.
    ///
    /// # Errors
    /// When the database fails or a row is not what this version writes.
    async fn takes(&self, room_id: &str) -> Result<Vec<Take>, Error>;

    /// Rooms whose segments are needed no more, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    async fn rooms_with_spent_takes(&self, limit: u32) -> Result<Vec<String>, Error>;

    /// Forgets everything that was handed in of a room.
    ///
    /// # Errors
    /// When the database fails.
    async fn forget_takes(&self, room_id: &str) -> Result<(), Error>;
}
