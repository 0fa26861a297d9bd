//! Chat rooms, their members and their cast, as the domain holds them.

use super::Role;
use crate::character::Character;
use crate::rooms::Timestamp;
use crate::rooms::transcript::Entry;

/// Most members of one room.
pub const MEMBERS_MAX: i64 = 500;

/// Who acts where.
#[derive(Debug, Clone, Copy)]
pub struct Acting<'a> {
    /// `project_…`.
    pub project_id: &'a str,
    /// `usr_…`, of the same project.
    pub user_id: &'a str,
    /// `room_…`, perhaps none of the project.
    pub room_id: &'a str,
}

/// A chat room.
#[derive(Debug, Clone)]
pub struct ChatRoom {
    /// `room_…`.
    pub id: String,
    /// 1–100 characters.
    pub name: String,
    /// Up to 5 000 characters.
    pub description: Option<String>,
    /// Whether everyone of the project may see and join it.
    pub is_public: bool,
    /// In the order of joining; exactly one is the owner.
    pub members: Vec<Membership>,
    /// In the order of coming.
    pub cast: Vec<Seat>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When its settings, members or cast last changed.
    pub updated_at: Timestamp,
}

impl ChatRoom {
    /// `usr_…` of the owner.
    pub fn owner_id(&self) -> &str {
        self.members
            .iter()
            .find(|member| member.role == Role::Owner)
            .map_or("", |owner| owner.user_id.as_str())
    }
}

/// A user in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    /// `usr_…`.
    pub user_id: String,
    /// What they are in it.
    pub role: Role,
    /// Since when.
    pub joined_at: Timestamp,
}

/// A character in a room.
#[derive(Debug, Clone)]
pub struct Seat {
    /// Which one.
    pub character_id: String,
    /// Since when.
    pub added_at: Timestamp,
    /// Who it is; `None` for a built-in until the domain fills it in, and for one whose file is gone.
    pub character: Option<Character>,
}

impl Seat {
    /// What it is called; its id when nobody knows any more.
    pub fn name(&self) -> &str {
        self.character
            .as_ref()
            .map_or(&self.character_id, |character| &character.name)
    }
}

/// What a new room is made of.
#[derive(Debug, Clone)]
pub struct NewChatRoom {
    /// 1–100 characters.
    pub name: String,
    /// Up to 5 000 characters.
    pub description: Option<String>,
    /// Whether everyone of the project may see and join it.
    pub is_public: bool,
    /// Characters that the project knows, each once.
    pub character_ids: Vec<String>,
}

/// What is changed; `None` stays.
#[derive(Debug, Clone, Default)]
pub struct ChatRoomChange {
    /// 1–100 characters.
    pub name: Option<String>,
    /// Up to 5 000 characters; `Some(None)` takes it away.
    pub description: Option<Option<String>>,
}

/// A room as lists show it.
#[derive(Debug, Clone)]
pub struct ChatSummary {
    /// `room_…`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// Whether everyone of the project may see and join it.
    pub is_public: bool,
    /// Users in it.
    pub member_count: u64,
    /// Characters in it.
    pub character_count: u64,
    /// When the last message was written.
    pub last_message_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Which rooms a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    /// Those that the user is a member of.
    Joined,
    /// The project's public ones.
    Public,
}

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Most items.
    pub limit: u32,
    /// Items left out at the beginning.
    pub offset: u32,
}

/// What characters know when they answer.
#[derive(Debug, Clone)]
pub struct ChatScene {
    /// What the room is for.
    pub description: Option<String>,
    /// Who is in it.
    pub cast: Vec<Seat>,
    /// The latest messages, oldest first.
    pub timeline: Vec<Entry>,
}

/// How the idempotency scopes of everything created in a room begin; kept answers hold what was written in it,
/// and go with it.
pub fn answers_scope(project_id: &str, room_id: &str) -> String {
    format!("{project_id} /chat/v1/rooms/{room_id}/")
}
