//! Group-chat rooms as their users see them.

use super::Rooms;
use crate::rooms::chat::{Acting, ChatRoom, ChatRoomChange, ChatScene, NewChatRoom, Seat};
use crate::rooms::error::Error;

impl Rooms {
    /// Makes a chat room with its first characters; `owner_id` is a user of the project.
    ///
    /// # Errors
    /// When a character is unknown to the project or the database fails.
    pub async fn create_chat_room(
        &self,
        project_id: &str,
        owner_id: &str,
        new: NewChatRoom,
    ) -> Result<ChatRoom, Error> {
        for id in &new.character_ids {
            self.character(project_id, id)
                .await
                .map_err(|error| match error {
                    Error::NotFound(_) => Error::Invalid {
                        param: "replr_ids",
                        message: "must be ids of characters; one of them is none".into(),
                    },
                    other => other,
                })?;
        }
        let room = self.store.insert_chat_room(project_id, owner_id, new).await?;
        Ok(self.with_built_ins(room))
    }

    /// A chat room with its members and cast.
    ///
    /// # Errors
    /// When the user may not see it or the database fails.
    pub async fn chat_room(&self, acting: Acting<'_>) -> Result<ChatRoom, Error> {
        let room = self.store.chat_room(acting).await?;
        Ok(self.with_built_ins(room))
    }

    /// Changes a chat room's settings.
    ///
    /// # Errors
    /// When the user may not do that or the database fails.
    pub async fn update_chat_room(
        &self,
        acting: Acting<'_>,
        change: ChatRoomChange,
    ) -> Result<ChatRoom, Error> {
        let room = self.store.update_chat_room(acting, change).await?;
        Ok(self.with_built_ins(room))
    }

    /// Adds a character; answers its seat and whether it is new.
    ///
    /// # Errors
    /// When the user may not do that, the character is unknown to the project, the room is full, or the database
    /// fails.
    pub async fn add_chat_character(
        &self,
        acting: Acting<'_>,
        character_id: &str,
    ) -> Result<(Seat, bool), Error> {
        self.character(acting.project_id, character_id).await?;
        let (mut seat, is_new) = self.store.add_chat_character(acting, character_id).await?;
        self.recognise(&mut seat);
        Ok((seat, is_new))
    }

    /// What characters know when they answer: the cast and the latest `limit` messages.
    ///
    /// # Errors
    /// When the room is gone or the database fails.
    pub async fn chat_scene(&self, room_id: &str, limit: u32) -> Result<ChatScene, Error> {
        let mut scene = self.store.chat_scene(room_id, limit).await?;
        for seat in &mut scene.cast {
            self.recognise(seat);
        }
        Ok(scene)
    }

    fn with_built_ins(&self, mut room: ChatRoom) -> ChatRoom {
        for seat in &mut room.cast {
            self.recognise(seat);
        }
        room
    }

    /// Built-ins have no row of their own.
    fn recognise(&self, seat: &mut Seat) {
        if seat.character.is_none() {
            seat.character = self.built_ins.get(&seat.character_id);
        }
    }
}
