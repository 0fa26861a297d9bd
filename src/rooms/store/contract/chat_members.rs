//! Who is in a room of the group chat: users and characters.

use async_trait::async_trait;

use crate::rooms::chat::{Acting, Membership, Role, Seat};
use crate::rooms::error::Error;

/// Users and characters in rooms of the group chat. Each method first checks what the acting user may do.
#[async_trait]
pub trait ChatMemberRows {
    /// Makes `user_id` a member; one that is a member already stays what they are. Answers whether it is new.
    ///
    /// # Errors
    /// When the acting user may not do that, the project has no such user, the room is full, or the database
    /// fails.
    async fn add_chat_member(&self, acting: Acting<'_>, user_id: &str) -> Result<(Membership, bool), Error>;

    /// Gives a member a role. Who hands over the room becomes an admin in the same moment.
    ///
    /// # Errors
    /// When the acting user may not do that, `user_id` is no member, the room would have no owner, or the
    /// database fails.
    async fn appoint_chat_member(
        &self,
        acting: Acting<'_>,
        user_id: &str,
        role: Role,
    ) -> Result<Membership, Error>;

    /// Ends a membership.
    ///
    /// # Errors
    /// When the acting user may not do that, `user_id` is no member, the room would have no owner, or the
    /// database fails.
    async fn remove_chat_member(&self, acting: Acting<'_>, user_id: &str) -> Result<(), Error>;

    /// Adds a character, which the caller knows to exist; one that is there already stays. Answers whether it is
    /// new.
    ///
    /// # Errors
    /// When the acting user may not do that, the room is full, or the database fails.
    async fn add_chat_character(&self, acting: Acting<'_>, character_id: &str)
    -> Result<(Seat, bool), Error>;

    /// Removes a character.
    ///
    /// # Errors
    /// When the acting user may not do that, the character is not in the room, or the database fails.
    async fn remove_chat_character(&self, acting: Acting<'_>, character_id: &str) -> Result<(), Error>;
}

/// The error for a room that holds as many members as it may.
pub(in crate::rooms::store) const MEMBERS_FULL: Error = Error::Conflict {
    code: "room_full",
    message: "the room has as many members as it may; remove one first",
};
