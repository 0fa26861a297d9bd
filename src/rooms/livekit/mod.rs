//! The part of LiveKit's RoomService that rooms need, behind a trait so that tests need no server.
//!
//! Requests and answers are the official message types. [`LiveKitServer`] sends them to a real server;
//! [`webhook`] reads what that server tells by itself.

pub mod closing;
mod server;
mod video;
pub mod webhook;

use async_trait::async_trait;
use livekit_protocol::{CreateRoomRequest, ParticipantInfo, Room as LiveRoom, RoomEgress};

pub use server::LiveKitServer;
pub use video::VideoFolder;

/// Why LiveKit did not do it. Says nothing about its address or key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LiveKitError {
    /// Nobody answers.
    #[error("LiveKit can't be reached")]
    Unreachable,
    /// No answer in time.
    #[error("LiveKit did not answer in time")]
    Timeout,
    /// It refuses our key.
    #[error("LiveKit refuses the server's API key")]
    Credentials,
    /// It answered with this error code.
    #[error("LiveKit answered {0}")]
    Refused(String),
}

/// When LiveKit closes a room by itself, s.
#[derive(Debug, Clone, Copy)]
pub struct RoomTimeouts {
    /// Nobody ever came.
    pub empty_s: u32,
    /// The last one left.
    pub departure_s: u32,
}

impl RoomTimeouts {
    /// Asks for a room that has these, filmed if there is an `egress`.
    #[must_use]
    pub fn of_room(self, name: &str, egress: Option<RoomEgress>) -> CreateRoomRequest {
        CreateRoomRequest {
            name: name.to_owned(),
            empty_timeout: self.empty_s,
            departure_timeout: self.departure_s,
            egress,
            ..CreateRoomRequest::default()
        }
    }
}

/// RoomService, as far as rooms use it. Names are those of LiveKit, with the project's prefix.
#[async_trait]
pub trait RoomService: Send + Sync {
    /// Makes a room, or answers the one of this name.
    async fn open_room(&self, request: CreateRoomRequest) -> Result<LiveRoom, LiveKitError>;
    /// The rooms of these names that exist; all rooms of the server without a name.
    async fn list_rooms(&self, names: Vec<String>) -> Result<Vec<LiveRoom>, LiveKitError>;
    /// Who is in a room; `None` when there is no such room.
    async fn participants(&self, room: &str) -> Result<Option<Vec<ParticipantInfo>>, LiveKitError>;
    /// Disconnects everyone and closes the room; a missing one is no failure.
    async fn delete_room(&self, room: &str) -> Result<(), LiveKitError>;
    /// Ends a participant's tracks and lets it publish none; one that is gone is no failure.
    async fn silence(&self, room: &str, participant: &ParticipantInfo) -> Result<(), LiveKitError>;
    /// Disconnects one participant; answers whether it was there.
    async fn remove_participant(&self, room: &str, identity: &str) -> Result<bool, LiveKitError>;

    /// Makes a room that only has timeouts, unless it is there.
    async fn create_room(&self, room: &str, timeouts: RoomTimeouts) -> Result<(), LiveKitError> {
        self.open_room(timeouts.of_room(room, None)).await.map(drop)
    }
}
