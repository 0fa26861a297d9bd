//! Rooms and their participants, as every surface reads them.

use serde::Serialize;

use super::Timestamp;
use crate::protocol::Mode;

/// Characters that one room may hold at a time.
pub const CAST_MAX: i64 = 50;

/// A room.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Room {
    /// `room_…`.
    pub id: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// `project_…`.
    pub project_id: String,
    /// Name for people, 1–200 characters.
    pub name: String,
    /// How it plays.
    pub mode: Mode,
    /// The scene, up to 5 000 characters.
    pub scene_prompt: Option<String>,
    /// When its characters were called in.
    pub started_at: Option<Timestamp>,
    /// When it ended; `None` while it is active.
    pub ended_at: Option<Timestamp>,
    /// Characters in the room; of an ended one, those present at the end.
    pub participants: Vec<Participant>,
    /// Name of its LiveKit room.
    #[serde(skip)]
    pub livekit_room: String,
}

/// A character's stay in a room.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Participant {
    /// `participant_…`.
    pub id: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// `room_…`.
    pub room_id: String,
    /// Who it is.
    pub character_id: String,
    /// `conv_…`: the character's memory of this room; new when it is added again.
    pub conversation_id: String,
    /// Its identity in the LiveKit room.
    pub livekit_identity: String,
    /// When it was removed or the room ended.
    pub left_at: Option<Timestamp>,
}

/// What a new room is made of.
#[derive(Debug, Clone)]
pub struct NewRoom {
    /// 1–200 characters.
    pub name: String,
    /// How it plays.
    pub mode: Mode,
    /// Up to 5 000 characters.
    pub scene_prompt: Option<String>,
}

/// Identity of a character in LiveKit rooms; people's identities never begin like this.
pub fn agent_identity(character_id: &str) -> String {
    format!("{AGENT_PREFIX}{character_id}")
}

/// How every character's LiveKit identity begins.
pub const AGENT_PREFIX: &str = "agent-";

/// Why a room ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndReason {
    /// By the API.
    Requested,
    /// Nobody was in it for its empty timeout.
    Empty,
    /// Its time was up.
    MaxDuration,
    /// No worker could play it.
    Failed,
    /// Nobody came as long as it could be used.
    Expired,
}

impl EndReason {
    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Empty => "empty",
            Self::MaxDuration => "max_duration",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }
}
