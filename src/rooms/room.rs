//! Rooms and their participants, as every surface reads them.

use serde::Serialize;
use utoipa::ToSchema;

use super::Timestamp;
use super::id::new_id;
use crate::protocol::{Ambience, Mode};

/// Characters that one room may hold at a time.
pub const CAST_MAX: i64 = 50;

/// A room.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Room {
    /// `room_…`.
    pub id: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// `project_…`.
    pub project_id: String,
    /// The API that it was made through.
    #[serde(skip)]
    pub surface: Surface,
    /// Name for people, 1–200 characters.
    pub name: String,
    /// How it plays.
    pub mode: Mode,
    /// The scene, up to 5 000 characters.
    #[schema(required = true)]
    pub scene_prompt: Option<String>,
    /// What its place sounds like.
    #[schema(required = true)]
    pub ambience: Option<Ambience>,
    /// When its characters were called in.
    #[schema(required = true)]
    pub started_at: Option<Timestamp>,
    /// When it ended; `None` while it is active.
    #[schema(required = true)]
    pub ended_at: Option<Timestamp>,
    /// Characters in the room; of an ended one, those present at the end.
    pub participants: Vec<Participant>,
    /// Whether everyone in it is recorded.
    pub record: bool,
    /// Name of its LiveKit room.
    #[serde(skip)]
    pub livekit_room: String,
    /// Position in the database.
    #[serde(skip)]
    pub seq: i64,
}

/// A character's stay in a room.
#[derive(Debug, Clone, Serialize, ToSchema)]
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
    #[schema(required = true)]
    pub left_at: Option<Timestamp>,
}

/// What a new room is made of.
#[derive(Debug, Clone)]
pub struct NewRoom {
    /// The API that it is made through.
    pub surface: Surface,
    /// 1–200 characters.
    pub name: String,
    /// How it plays.
    pub mode: Mode,
    /// Up to 5 000 characters.
    pub scene_prompt: Option<String>,
    /// What its place sounds like.
    pub ambience: Option<Ambience>,
    /// Whether everyone in it is recorded.
    pub record: bool,
}

/// The API that a room was made through; each lists its own rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Surface {
    /// Voice rooms.
    Voice,
    /// Group chat.
    Chat,
    /// Role-play.
    Roleplay,
    /// Interviews.
    Interview,
}

impl Surface {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Voice, Self::Chat, Self::Roleplay, Self::Interview];

    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Chat => "chat",
            Self::Roleplay => "roleplay",
            Self::Interview => "interview",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|surface| surface.as_str() == name)
    }

    /// Id of a new room: `room_…`, or a UUID where the surface's clients expect one.
    pub fn new_room_id(self) -> String {
        match self {
            Self::Voice | Self::Chat => new_id("room"),
            Self::Roleplay | Self::Interview => uuid::Uuid::new_v4().to_string(),
        }
    }

    /// Name of the LiveKit room of the room `id`; the project in it keeps projects apart.
    pub fn livekit_room(self, project_id: &str, id: &str) -> String {
        let kind = match self {
            Self::Voice | Self::Chat => "",
            Self::Roleplay => "rp_",
            Self::Interview => "iv_",
        };
        format!("p_{project_id}__{kind}{id}")
    }
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
    /// Somebody closed its LiveKit room.
    Closed,
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
            Self::Closed => "closed",
            Self::Expired => "expired",
        }
    }
}
