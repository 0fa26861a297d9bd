//! Rooms: made, listed, started, ended.

use async_trait::async_trait;

use crate::rooms::Timestamp;
use crate::rooms::allowance::Allowance;
use crate::rooms::error::Error;
use crate::rooms::list::After;
use crate::rooms::room::{EndReason, NewRoom, Room};

/// Outcome of starting a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Started {
    /// It is open for claims from now on.
    Now,
    /// It was before.
    Already,
}

/// Outcome of ending a room.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The room, over.
    pub room: Room,
    /// Whether its LiveKit room may still exist.
    pub livekit_open: bool,
    /// The worker that plays it.
    pub worker_id: Option<String>,
}

/// Rooms of every surface.
#[async_trait]
pub trait RoomRows {
    /// Makes a room.
    ///
    /// # Errors
    /// When the database fails.
    async fn insert_room(&self, project_id: &str, new: NewRoom) -> Result<Room, Error>;

    /// One of the project's rooms, ended ones too.
    ///
    /// # Errors
    /// When there is no such room or the database fails.
    async fn room(&self, project_id: &str, id: &str) -> Result<Room, Error>;

    /// Looks whether [`Self::room`] would find it, for less.
    ///
    /// # Errors
    /// As [`Self::room`].
    async fn check_room(&self, project_id: &str, id: &str) -> Result<(), Error>;

    /// The project's active voice rooms, newest first, at most `limit` of those older than the room `after`.
    ///
    /// # Errors
    /// When `after` is no voice room of the project or the database fails.
    async fn active_rooms(
        &self,
        project_id: &str,
        after: After<'_>,
        limit: Option<u32>,
    ) -> Result<Vec<Room>, Error>;

    /// Notes that a LiveKit room of this room's name may exist from now on.
    ///
    /// # Errors
    /// When there is no such room, it has ended, or the database fails.
    async fn open_livekit(&self, project_id: &str, id: &str) -> Result<Room, Error>;

    /// Opens a room for claims, if the project's `allowance` has a place for it.
    ///
    /// # Errors
    /// When there is no such room, it has ended or holds no character, the allowance is used up, or the
    /// database fails.
    async fn start_room(&self, project_id: &str, id: &str, allowance: Allowance) -> Result<Started, Error>;

    /// Checks without changing anything what [`Self::start_room`] will check again, but for the allowance.
    ///
    /// # Errors
    /// As [`Self::start_room`].
    async fn check_start(&self, project_id: &str, id: &str) -> Result<(Started, Room), Error>;

    /// Ends a room; ending it again changes nothing.
    ///
    /// # Errors
    /// When there is no such room or the database fails.
    async fn end_room(&self, project_id: &str, id: &str, reason: EndReason) -> Result<Ended, Error>;

    /// Active rooms that were started before `before`, as (project, id), at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    async fn rooms_started_before(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<(String, String)>, Error>;

    /// Notes that the LiveKit room of an ended room is gone.
    ///
    /// # Errors
    /// When the database fails.
    async fn close_livekit(&self, id: &str) -> Result<(), Error>;

    /// Ended rooms whose LiveKit room may still exist, as (id, LiveKit name), at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    async fn rooms_to_close(&self, limit: u32) -> Result<Vec<(String, String)>, Error>;
}

/// A room needs someone to play.
pub(in crate::rooms::store) const NO_PARTICIPANTS: Error = Error::Conflict {
    code: "no_participants",
    message: "add at least one character before starting the room",
};

/// The error for a page that begins nowhere.
pub(in crate::rooms::store) fn not_a_room() -> Error {
    Error::Invalid {
        param: "after",
        message: "must be the id of a room".into(),
    }
}
