//! Rooms as a project sees them.

use super::Rooms;
use crate::rooms::error::Error;
use crate::rooms::id::new_id;
use crate::rooms::livekit::closing;
use crate::rooms::room::{AGENT_PREFIX, EndReason, NewRoom, Participant, Room};
use crate::rooms::store::Started;
use crate::rooms::wakeups::Topic;

/// What a person needs to join a room.
#[derive(Debug, Clone)]
pub struct JoinToken {
    /// LiveKit token.
    pub token: String,
    /// Address of LiveKit.
    pub url: String,
    /// The identity that the token is for.
    pub identity: String,
}

impl Rooms {
    /// Makes a room.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn create(&self, project_id: &str, new: NewRoom) -> Result<Room, Error> {
        self.store.insert_room(project_id, new).await
    }

    /// Adds a character; answers its participant and whether it is new.
    ///
    /// # Errors
    /// When room or character are unknown, the room has ended or is full, or the database fails.
    pub async fn add(
        &self,
        project_id: &str,
        room_id: &str,
        character_id: &str,
    ) -> Result<(Participant, bool), Error> {
        self.character(project_id, character_id).await?;
        let added = self
            .store
            .add_participant(project_id, room_id, character_id)
            .await?;
        self.tell(added.worker_id.filter(|_| added.new));
        Ok((added.participant, added.new))
    }

    /// Removes a character; whoever plays the room takes it out.
    ///
    /// # Errors
    /// When the room is unknown or has ended, the character is not in it, or database or LiveKit fail.
    pub async fn remove(
        &self,
        project_id: &str,
        room_id: &str,
        character_id: &str,
    ) -> Result<Participant, Error> {
        let removed = self
            .store
            .remove_participant(project_id, room_id, character_id)
            .await?;
        if let (None, Some(room)) = (&removed.worker_id, &removed.livekit_room) {
            // A holder that died may have left it in the LiveKit room.
            self.livekit
                .remove_participant(room, &removed.participant.livekit_identity)
                .await?;
        }
        self.tell(removed.worker_id);
        Ok(removed.participant)
    }

    /// A person's token for a room; without an identity a new one is made up.
    ///
    /// # Errors
    /// When the identity is a character's, the room is unknown or has ended, or the token can't be signed.
    pub async fn join_token(
        &self,
        project_id: &str,
        room_id: &str,
        identity: Option<String>,
        name: Option<String>,
    ) -> Result<JoinToken, Error> {
        let identity = identity.unwrap_or_else(|| new_id("user"));
        if identity.starts_with(AGENT_PREFIX) {
            return Err(Error::Invalid {
                param: "identity",
                message: format!("must not begin with `{AGENT_PREFIX}`, which is for characters"),
            });
        }
        let room = self.store.open_livekit(project_id, room_id).await?;
        let token = self
            .tokens
            .human(&room.livekit_room, &identity, name.as_deref().unwrap_or_default())?;
        Ok(JoinToken {
            token,
            url: self.livekit_public_url.clone(),
            identity,
        })
    }

    /// Calls the characters in; starting again changes nothing.
    ///
    /// # Errors
    /// When the room is unknown, has ended or holds no character, the project has too much going on, or database
    /// or LiveKit fail.
    pub async fn start(&self, project_id: &str, room_id: &str) -> Result<(), Error> {
        let (state, room) = self.store.check_start(project_id, room_id).await?;
        if state == Started::Already {
            return Ok(());
        }
        let allowance = self.bounds.project;
        // Looked at once more when the room starts; here it spares LiveKit a room for nothing.
        allowance.admit(&self.store.usage(project_id).await?)?;
        self.livekit
            .create_room(&room.livekit_room, self.bounds.livekit_timeouts())
            .await?;
        match self.store.start_room(project_id, room_id, allowance).await {
            Ok(Started::Now) => self.wakeups.wake(&Topic::Claims),
            Ok(Started::Already) => {}
            Err(error) => {
                // The room ended meanwhile, perhaps before its LiveKit room was made. One that may not start yet
                // keeps it, for people may wait in it.
                if !matches!(error, Error::TooMany { .. } | Error::Forbidden { .. }) {
                    self.drop_livekit_room(&room.id, &room.livekit_room).await;
                }
                return Err(error);
            }
        }
        Ok(())
    }

    /// Ends a room and disconnects everyone; ending it again changes nothing.
    ///
    /// # Errors
    /// When the room is unknown, or database or LiveKit fail. When LiveKit fails the room is over, and
    /// disconnecting is tried again later.
    pub async fn end(&self, project_id: &str, room_id: &str) -> Result<Room, Error> {
        let ended = self
            .store
            .end_room(project_id, room_id, EndReason::Requested)
            .await?;
        self.wakeups.wake(&Topic::Room(room_id.to_owned()));
        let livekit_room = &ended.room.livekit_room;
        if ended.livekit_open {
            // Before the worker knows: it leaves at once, and has to see the tracks end first.
            closing::silence(&*self.livekit, livekit_room).await;
        }
        self.tell(ended.worker_id);
        if ended.livekit_open {
            self.livekit.delete_room(livekit_room).await?;
            self.store.close_livekit(room_id).await?;
        }
        Ok(ended.room)
    }

    pub(super) fn tell(&self, worker_id: Option<String>) {
        if let Some(worker_id) = worker_id {
            self.wakeups.wake(&Topic::Worker(worker_id));
        }
    }

    pub(super) async fn drop_livekit_room(&self, room_id: &str, livekit_room: &str) {
        if let Err(error) = closing::close(&*self.livekit, livekit_room).await {
            tracing::warn!(room_id, %error, "delete the LiveKit room of an ended room");
        }
    }
}
