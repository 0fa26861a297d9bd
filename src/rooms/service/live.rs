//! Live room management: LiveKit's rooms as a project sees them. Nothing is kept here; LiveKit is the truth.

use livekit_protocol::CreateRoomRequest;

use super::{JoinToken, Rooms};
use crate::rooms::error::Error;
use crate::rooms::id::new_id;
use crate::rooms::live::{LiveName, LiveParticipant, LiveRoom, NewLiveRoom, is_for_people, live_prefix};
use crate::rooms::livekit::{LiveKitError, closing};
use crate::rooms::room::{AGENT_PREFIX, EndReason};

const NO_ROOM: Error = Error::NotFound("room");

impl Rooms {
    /// Makes a live room, or answers the one of this name.
    ///
    /// # Errors
    /// When LiveKit fails.
    pub async fn create_live(&self, project_id: &str, new: NewLiveRoom) -> Result<LiveRoom, Error> {
        let timeout_s = new.empty_timeout_s.unwrap_or_default();
        let request = CreateRoomRequest {
            name: new.name.in_livekit(project_id),
            empty_timeout: timeout_s,
            departure_timeout: timeout_s,
            max_participants: new.max_participants.unwrap_or_default(),
            metadata: new.metadata.unwrap_or_default(),
            ..CreateRoomRequest::default()
        };
        let made = self.livekit.open_room(request).await?;
        // An answer about another room would be LiveKit's fault, and must not be shown.
        LiveRoom::of_project(project_id, made)
            .ok_or_else(|| LiveKitError::Refused("with another room".into()).into())
    }

    /// All rooms that LiveKit has of this project, whoever made them.
    ///
    /// # Errors
    /// When LiveKit fails.
    pub async fn live_rooms(&self, project_id: &str) -> Result<Vec<LiveRoom>, Error> {
        let prefix = live_prefix(project_id);
        let all = self.livekit.list_rooms(Vec::new()).await?;
        Ok(all
            .into_iter()
            .filter(|room| room.name.starts_with(&prefix))
            .filter_map(|room| LiveRoom::of_project(project_id, room))
            .collect())
    }

    /// One live room and who is in it.
    ///
    /// # Errors
    /// When LiveKit has no such room of the project, or fails.
    pub async fn live_room(
        &self,
        project_id: &str,
        name: &LiveName,
    ) -> Result<(LiveRoom, Vec<LiveParticipant>), Error> {
        let in_livekit = name.in_livekit(project_id);
        let room = self
            .livekit
            .list_rooms(vec![in_livekit.clone()])
            .await?
            .into_iter()
            .find(|room| room.name == in_livekit)
            .and_then(|room| LiveRoom::of_project(project_id, room))
            .ok_or(NO_ROOM)?;
        // It may have been closed between the two questions.
        let present = self.livekit.participants(&in_livekit).await?.ok_or(NO_ROOM)?;
        Ok((room, present.into_iter().map(Into::into).collect()))
    }

    /// Closes a live room and disconnects everyone; a missing one is no failure. What was played in it ends too.
    ///
    /// # Errors
    /// When LiveKit or the database fails.
    pub async fn end_live(&self, project_id: &str, name: &LiveName) -> Result<(), Error> {
        let in_livekit = name.in_livekit(project_id);
        closing::close(&*self.livekit, &in_livekit).await?;
        self.end_played_in(&in_livekit, EndReason::Requested).await
    }

    /// Disconnects one participant.
    ///
    /// # Errors
    /// When it is not in a room of this name, or LiveKit fails.
    pub async fn remove_live(&self, project_id: &str, name: &LiveName, identity: &str) -> Result<(), Error> {
        let in_livekit = name.in_livekit(project_id);
        if self.livekit.remove_participant(&in_livekit, identity).await? {
            Ok(())
        } else {
            Err(Error::NotFound("participant"))
        }
    }

    /// A person's token for a live room, which LiveKit makes when it is missing; without an identity a new one
    /// is made up.
    ///
    /// # Errors
    /// When the identity is a character's, what is played in the room has ended, the database fails, or the
    /// token can't be signed.
    pub async fn live_token(
        &self,
        project_id: &str,
        name: &LiveName,
        identity: Option<String>,
        shown_as: Option<String>,
    ) -> Result<JoinToken, Error> {
        let identity = identity.unwrap_or_else(|| new_id("user"));
        if !is_for_people(&identity) {
            return Err(Error::Invalid {
                param: "identity",
                message: format!("must not begin with `{AGENT_PREFIX}`, which is for characters"),
            });
        }
        let in_livekit = name.in_livekit(project_id);
        let shown_as = shown_as.unwrap_or_default();
        if let Some(played) = self.store.room_played_in(&in_livekit).await? {
            // A room of another surface: joining it has that surface's conditions and timeouts.
            return self
                .join_token(project_id, &played.room_id, Some(identity), Some(shown_as))
                .await;
        }
        Ok(JoinToken {
            token: self.tokens.visitor(&in_livekit, &identity, &shown_as)?,
            url: self.livekit_public_url.clone(),
            identity,
        })
    }
}
