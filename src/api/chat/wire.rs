//! What the surface calls things: characters are REPLRs here.

use serde::Serialize;
use utoipa::ToSchema;

use crate::chat::{Exchange, Missed};
use crate::protocol::SpeakerType;
use crate::rooms::Timestamp;
use crate::rooms::chat::{ChatRoom, ChatSummary, Membership, Role, Seat};
use crate::rooms::transcript::Entry;

/// A room with those in it.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatRoom)]
pub(super) struct RoomAnswer {
    id: String,
    name: String,
    #[schema(required = true)]
    description: Option<String>,
    owner_id: String,
    is_public: bool,
    members: Vec<MemberOfRoom>,
    replrs: Vec<ReplrOfRoom>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// A user in a room.
#[derive(Serialize, ToSchema)]
#[schema(as = MemberOfChatRoom)]
struct MemberOfRoom {
    user_id: String,
    role: Role,
    joined_at: Timestamp,
}

/// A character in a room.
#[derive(Serialize, ToSchema)]
#[schema(as = ReplrOfChatRoom)]
struct ReplrOfRoom {
    replr_id: String,
    name: String,
    added_at: Timestamp,
}

impl From<ChatRoom> for RoomAnswer {
    fn from(room: ChatRoom) -> Self {
        Self {
            owner_id: room.owner_id().to_owned(),
            id: room.id,
            name: room.name,
            description: room.description,
            is_public: room.is_public,
            members: room
                .members
                .into_iter()
                .map(|member| MemberOfRoom {
                    role: member.role,
                    user_id: member.user_id,
                    joined_at: member.joined_at,
                })
                .collect(),
            replrs: room
                .cast
                .into_iter()
                .map(|seat| ReplrOfRoom {
                    name: seat.name().to_owned(),
                    replr_id: seat.character_id,
                    added_at: seat.added_at,
                })
                .collect(),
            created_at: room.created_at,
            updated_at: room.updated_at,
        }
    }
}

/// A room as lists show it.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatRoomSummary)]
pub(super) struct SummaryAnswer {
    id: String,
    name: String,
    #[schema(required = true)]
    description: Option<String>,
    is_public: bool,
    member_count: u64,
    replr_count: u64,
    #[schema(required = true)]
    last_message_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl From<ChatSummary> for SummaryAnswer {
    fn from(room: ChatSummary) -> Self {
        Self {
            id: room.id,
            name: room.name,
            description: room.description,
            is_public: room.is_public,
            member_count: room.member_count,
            replr_count: room.character_count,
            last_message_at: room.last_message_at,
            created_at: room.created_at,
        }
    }
}

/// A part of a list, and where it stands in the whole.
#[derive(Serialize, ToSchema)]
pub(super) struct PageAnswer<T: ToSchema> {
    pub(super) data: Vec<T>,
    pub(super) total: u64,
    pub(super) limit: u32,
    pub(super) offset: u32,
}

/// A user's membership.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatMember)]
pub(super) struct MemberAnswer {
    room_id: String,
    user_id: String,
    role: Role,
    joined_at: Timestamp,
}

impl MemberAnswer {
    pub(super) fn new(room_id: String, member: Membership) -> Self {
        Self {
            room_id,
            role: member.role,
            user_id: member.user_id,
            joined_at: member.joined_at,
        }
    }
}

/// A character's stay.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatReplr)]
pub(super) struct ReplrAnswer {
    room_id: String,
    replr_id: String,
    name: String,
    added_at: Timestamp,
}

impl ReplrAnswer {
    pub(super) fn new(room_id: String, seat: Seat) -> Self {
        Self {
            room_id,
            name: seat.name().to_owned(),
            replr_id: seat.character_id,
            added_at: seat.added_at,
        }
    }
}

/// A message of the history.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatMessage)]
pub(super) struct MessageAnswer {
    id: String,
    room_id: String,
    sender: Sender,
    content: String,
    created_at: Timestamp,
}

/// Who wrote a message.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatSender)]
struct Sender {
    r#type: SenderType,
    id: String,
    name: String,
}

/// A person, or a character.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = ChatSenderType)]
enum SenderType {
    User,
    Replr,
}

impl From<Entry> for MessageAnswer {
    fn from(entry: Entry) -> Self {
        let (kind, id) = match entry.speaker_type {
            SpeakerType::User => (SenderType::User, entry.speaker_identity),
            SpeakerType::Agent => (SenderType::Replr, entry.character_id),
        };
        let id = id.unwrap_or_default();
        Self {
            id: entry.id,
            room_id: entry.room_id,
            sender: Sender {
                r#type: kind,
                name: entry.speaker_name.unwrap_or_else(|| id.clone()),
                id,
            },
            content: entry.content,
            created_at: entry.created_at,
        }
    }
}

/// A user's message with the answers to it.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatExchange)]
pub(super) struct ExchangeAnswer {
    #[serde(flatten)]
    message: MessageAnswer,
    replr_responses: Vec<ReplyAnswer>,
    /// REPLRs that should have answered and could not.
    errors: Vec<MissedAnswer>,
}

impl From<Exchange> for ExchangeAnswer {
    fn from(exchange: Exchange) -> Self {
        Self {
            message: exchange.message.into(),
            replr_responses: exchange.replies.into_iter().map(Into::into).collect(),
            errors: exchange.missed.into_iter().map(Into::into).collect(),
        }
    }
}

/// A character's answer.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatReply)]
pub(super) struct ReplyAnswer {
    id: String,
    replr_id: String,
    replr_name: String,
    content: String,
    created_at: Timestamp,
}

impl From<Entry> for ReplyAnswer {
    fn from(entry: Entry) -> Self {
        let replr_id = entry.character_id.unwrap_or_default();
        Self {
            id: entry.id,
            replr_name: entry.speaker_name.unwrap_or_else(|| replr_id.clone()),
            replr_id,
            content: entry.content,
            created_at: entry.created_at,
        }
    }
}

/// An answer that was not given, and why.
#[derive(Serialize, ToSchema)]
#[schema(as = ChatMissed)]
pub(super) struct MissedAnswer {
    replr_id: String,
    replr_name: String,
    code: &'static str,
    message: &'static str,
}

impl From<Missed> for MissedAnswer {
    fn from(missed: Missed) -> Self {
        Self {
            replr_id: missed.character_id,
            replr_name: missed.name,
            code: missed.trouble.code(),
            message: missed.trouble.message(),
        }
    }
}
