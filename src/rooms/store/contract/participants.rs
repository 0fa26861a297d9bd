//! Who is in a room.

use async_trait::async_trait;

use crate::rooms::error::Error;
use crate::rooms::room::Participant;

/// Outcome of adding a character.
#[derive(Debug, Clone)]
pub struct Added {
    /// Its participant.
    pub participant: Participant,
    /// Whether it was not there before.
    pub new: bool,
    /// The worker that plays the room.
    pub worker_id: Option<String>,
}

/// Outcome of removing a character.
#[derive(Debug, Clone)]
pub struct Removed {
    /// Its participant, gone.
    pub participant: Participant,
    /// The worker that plays the room.
    pub worker_id: Option<String>,
    /// Name of the LiveKit room, when it may exist.
    pub livekit_room: Option<String>,
}

/// Who is in a room.
#[async_trait]
pub trait ParticipantRows {
    /// Adds a character, which the caller knows to exist, to a room.
    ///
    /// # Errors
    /// When there is no such room, it has ended or is full, or the database fails.
    async fn add_participant(
        &self,
        project_id: &str,
        room_id: &str,
        character_id: &str,
    ) -> Result<Added, Error>;

    /// Removes a character from a room.
    ///
    /// # Errors
    /// When there is no such room, it has ended or the character is not in it, or the database fails.
    async fn remove_participant(
        &self,
        project_id: &str,
        room_id: &str,
        character_id: &str,
    ) -> Result<Removed, Error>;
}

/// The room holds as many characters as it may.
pub(in crate::rooms::store) const ROOM_FULL: Error = Error::Conflict {
    code: "room_full",
    message: "the room holds as many characters as it may; remove one first",
};
