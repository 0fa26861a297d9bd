//! Rooms of the group chat.

use async_trait::async_trait;

use crate::rooms::chat::{
    Acting, ChatRoom, ChatRoomChange, ChatSummary, Listed, NewChatRoom, Page, Standing,
};
use crate::rooms::error::Error;

/// Rooms of the group chat. Each method first checks what the acting user may do.
#[async_trait]
pub trait ChatRoomRows {
    /// Makes a room that `owner_id`, a user of the project, owns.
    ///
    /// # Errors
    /// When the database fails.
    async fn insert_chat_room(
        &self,
        project_id: &str,
        owner_id: &str,
        new: NewChatRoom,
    ) -> Result<ChatRoom, Error>;

    /// How the user stands to a room.
    ///
    /// # Errors
    /// When the project has no such room or the database fails.
    async fn chat_standing(&self, acting: Acting<'_>) -> Result<Standing, Error>;

    /// A room with its members and cast.
    ///
    /// # Errors
    /// When the user may not see it or the database fails.
    async fn chat_room(&self, acting: Acting<'_>) -> Result<ChatRoom, Error>;

    /// A part of the rooms that `which` means for the user, latest activity first, and how many there are in
    /// all.
    ///
    /// # Errors
    /// When the database fails.
    async fn chat_rooms(
        &self,
        project_id: &str,
        user_id: &str,
        which: Listed,
        page: Page,
    ) -> Result<(Vec<ChatSummary>, u64), Error>;

    /// Changes a room's settings.
    ///
    /// # Errors
    /// When the user may not do that or the database fails.
    async fn update_chat_room(&self, acting: Acting<'_>, change: ChatRoomChange) -> Result<ChatRoom, Error>;

    /// Deletes a room with its history, and the answers kept for what was created in it.
    ///
    /// # Errors
    /// When the user may not do that or the database fails.
    async fn delete_chat_room(&self, acting: Acting<'_>) -> Result<(), Error>;
}
