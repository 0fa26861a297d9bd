//! `chat_rooms` and `chat_members`, joined with what they belong to.

use super::parse_character;
use crate::rooms::Timestamp;
use crate::rooms::chat::{ChatRoom, ChatSummary, Membership, Role, Seat, Standing};
use crate::rooms::error::Error;

/// A user's standing, as one row.
#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct StandingRow {
    is_public: bool,
    role: Option<String>,
}

impl StandingRow {
    /// The standing that the row describes.
    ///
    /// # Errors
    /// When a newer version wrote it.
    pub(in crate::rooms::store) fn standing(self) -> Result<Standing, Error> {
        Ok(Standing {
            is_public: self.is_public,
            role: self.role.as_deref().map(role).transpose()?,
        })
    }
}

fn role(name: &str) -> Result<Role, Error> {
    Role::from_name(name).ok_or(Error::Corrupt("member role"))
}

/// A room without those in it.
#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct ChatRoomRow {
    id: String,
    name: String,
    description: Option<String>,
    is_public: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl ChatRoomRow {
    /// The room with those in it.
    ///
    /// # Errors
    /// When a row is not what this version writes.
    pub(in crate::rooms::store) fn into_room(
        self,
        members: Vec<MemberRow>,
        cast: Vec<SeatRow>,
    ) -> Result<ChatRoom, Error> {
        Ok(ChatRoom {
            id: self.id,
            name: self.name,
            description: self.description,
            is_public: self.is_public,
            members: members
                .into_iter()
                .map(TryInto::try_into)
                .collect::<Result<_, _>>()?,
            cast: cast
                .into_iter()
                .map(TryInto::try_into)
                .collect::<Result<_, _>>()?,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct MemberRow {
    user_id: String,
    role: String,
    joined_at: Timestamp,
}

impl TryFrom<MemberRow> for Membership {
    type Error = Error;

    fn try_from(row: MemberRow) -> Result<Self, Error> {
        Ok(Self {
            role: role(&row.role)?,
            user_id: row.user_id,
            joined_at: row.joined_at,
        })
    }
}

/// A character's stay, with its body unless it is a built-in.
#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct SeatRow {
    character_id: String,
    created_at: Timestamp,
    body: Option<String>,
}

impl TryFrom<SeatRow> for Seat {
    type Error = Error;

    fn try_from(row: SeatRow) -> Result<Self, Error> {
        Ok(Self {
            character_id: row.character_id,
            added_at: row.created_at,
            character: row.body.as_deref().map(parse_character).transpose()?,
        })
    }
}

/// A room as lists show it.
#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct SummaryRow {
    id: String,
    name: String,
    description: Option<String>,
    is_public: bool,
    member_count: i64,
    character_count: i64,
    last_message_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl From<SummaryRow> for ChatSummary {
    fn from(row: SummaryRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            description: row.description,
            is_public: row.is_public,
            member_count: counted(row.member_count),
            character_count: counted(row.character_count),
            last_message_at: row.last_message_at,
            created_at: row.created_at,
        }
    }
}

/// A count as the database gives it.
pub(in crate::rooms::store) fn counted(count: i64) -> u64 {
    u64::try_from(count).unwrap_or(0)
}
