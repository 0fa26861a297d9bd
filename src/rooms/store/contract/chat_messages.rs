//! Messages of the group chat: entries of the room's one timeline.

use async_trait::async_trait;

use crate::rooms::Timestamp;
use crate::rooms::chat::{Acting, ChatScene, Page};
use crate::rooms::error::Error;
use crate::rooms::transcript::Entry;

/// Messages of the group chat. Times never go backwards within a room.
#[async_trait]
pub trait ChatMessageRows {
    /// Stores a user's message, under the name that they have now.
    ///
    /// # Errors
    /// When the user may not write there or the database fails.
    async fn append_chat_message(&self, acting: Acting<'_>, content: &str) -> Result<Entry, Error>;

    /// Stores a character's reply; `None` when the character is no longer in the room.
    ///
    /// # Errors
    /// When the room is gone or the database fails.
    async fn append_chat_reply(
        &self,
        room_id: &str,
        character_id: &str,
        name: &str,
        content: &str,
    ) -> Result<Option<Entry>, Error>;

    /// A part of the messages written before `before`, newest first, and how many there are in all.
    ///
    /// # Errors
    /// When the user may not read there or the database fails.
    async fn chat_messages(
        &self,
        acting: Acting<'_>,
        before: Option<Timestamp>,
        page: Page,
    ) -> Result<(Vec<Entry>, u64), Error>;

    /// What characters know when they answer: the cast and the latest `limit` messages.
    ///
    /// # Errors
    /// When the room is gone or the database fails.
    async fn chat_scene(&self, room_id: &str, limit: u32) -> Result<ChatScene, Error>;
}
