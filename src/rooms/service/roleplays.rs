//! Role-plays: prepared, made with their character called in, read.

use super::Rooms;
use crate::rooms::error::Error;
use crate::rooms::list::Place;
use crate::rooms::livekit::LiveKitError;
use crate::rooms::roleplay::{NewRoleplay, Premade, PremadeRecord, Roleplay};
use crate::rooms::room::Surface;
use crate::rooms::store::contract::{Prepared, PreparedKind};
use crate::rooms::wakeups::Topic;

const NO_VIDEO: Error = Error::Unavailable {
    code: "video_recording_unavailable",
    message: "video can't be recorded: no LiveKit Egress is configured; send `recordVideo` as false",
};
const EGRESS_REFUSED: Error = Error::Unavailable {
    code: "video_recording_unavailable",
    message: "video can't be recorded: LiveKit's Egress does not take the room; see whether it runs, or send \
              `recordVideo` as false",
};
const NO_CHARACTER: Error = Error::Conflict {
    code: "character_missing",
    message: "the premade role-play's character does not exist any more; make another one",
};

/// What a call asks for.
#[derive(Debug, Clone)]
pub struct RoleplayWish {
    /// UUID of a premade role-play.
    pub premade_id: String,
    /// Id of the person in the caller's own system.
    pub user_external_id: String,
    /// What the person is called.
    pub user_name: String,
    /// Whether video is to be recorded.
    pub record_video: bool,
}

/// A role-play and its person's way in.
#[derive(Debug, Clone)]
pub struct RoleplayJoin {
    /// The role-play.
    pub roleplay: Roleplay,
    /// LiveKit token of the person.
    pub token: String,
    /// Address of LiveKit.
    pub url: String,
}

impl Rooms {
    /// The deployment's premade role-plays, then the project's own, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn premades(&self, project_id: &str) -> Result<Vec<PremadeRecord>, Error> {
        let built_in = self
            .library
            .roleplays
            .iter()
            .cloned()
            .map(|premade| PremadeRecord {
                place: Place::BuiltIn(premade.name.clone(), premade.id.clone()),
                premade,
                built_in: true,
                created_at: None,
            });
        let mut all: Vec<_> = built_in.collect();
        for prepared in self
            .store
            .all_prepared(project_id, PreparedKind::Roleplay)
            .await?
        {
            all.push(record(prepared)?);
        }
        Ok(all)
    }

    /// Keeps a premade role-play of the project's own.
    ///
    /// # Errors
    /// When its character is unknown to the project or the database fails.
    pub async fn create_premade(&self, project_id: &str, premade: Premade) -> Result<PremadeRecord, Error> {
        self.must_know_character(project_id, "characterId", &premade.character_id)
            .await?;
        let body = serde_json::to_string(&premade).map_err(|_| Error::Corrupt("premade role-play"))?;
        let prepared = self
            .store
            .insert_prepared(project_id, PreparedKind::Roleplay, &premade.id, &body)
            .await?;
        record(prepared)
    }

    async fn premade(&self, project_id: &str, id: &str) -> Result<Premade, Error> {
        if let Some(built_in) = self.library.roleplays.iter().find(|premade| premade.id == id) {
            return Ok(built_in.clone());
        }
        let own = self
            .store
            .prepared(project_id, PreparedKind::Roleplay, id)
            .await?
            .ok_or(Error::NotFound("premade role-play"))?;
        Ok(record(own)?.premade)
    }

    /// Makes a role-play: finds or makes its person, makes and starts its room. The character comes by itself.
    ///
    /// # Errors
    /// When the premade role-play is unknown, video is asked for and can't be recorded, the project has too much going
    /// on, or LiveKit or the database fail: nothing was made then.
    pub async fn create_roleplay(&self, project_id: &str, wish: RoleplayWish) -> Result<RoleplayJoin, Error> {
        let premade = self.premade(project_id, &wish.premade_id).await?;
        let videos = match (wish.record_video, &self.recordings.videos) {
            (false, _) => None,
            (true, Some(folder)) => Some(folder),
            (true, None) => return Err(NO_VIDEO),
        };
        match self.character(project_id, &premade.character_id).await {
            Err(Error::NotFound(_)) => return Err(NO_CHARACTER),
            other => drop(other?),
        }
        let new = NewRoleplay {
            id: Surface::Roleplay.new_room_id(),
            premade,
            user_external_id: wish.user_external_id,
            user_name: wish.user_name,
        };
        let allowance = self.bounds.project;
        // Looked at once more when the room is made; here it spares LiveKit a room for nothing.
        allowance.admit(&self.store.usage(project_id).await?)?;
        let livekit_room = Surface::Roleplay.livekit_room(project_id, &new.id);
        let egress = videos.map(|folder| folder.film(&livekit_room, &new.id));
        let timeouts = self.bounds.livekit_timeouts();
        if let Err(error) = self
            .livekit
            .open_room(timeouts.of_room(&livekit_room, egress))
            .await
        {
            // Without an Egress LiveKit makes the room and then waits for one.
            let is_its = matches!(error, LiveKitError::Refused(_) | LiveKitError::Timeout);
            if videos.is_none() || !is_its {
                return Err(error.into());
            }
            tracing::warn!(%error, "have a role-play filmed by LiveKit's Egress");
            self.drop_livekit_room(&new.id, &livekit_room).await;
            return Err(EGRESS_REFUSED);
        }
        let roleplay = match self.store.insert_roleplay(project_id, &new, allowance).await {
            Ok(roleplay) => roleplay,
            Err(error) => {
                self.drop_livekit_room(&new.id, &livekit_room).await;
                return Err(error);
            }
        };
        self.wakeups.wake(&Topic::Claims);
        let token = self
            .tokens
            .human(&livekit_room, &roleplay.user_id, &roleplay.user_name)?;
        Ok(RoleplayJoin {
            roleplay,
            token,
            url: self.livekit_public_url.clone(),
        })
    }

    /// Refuses the id of a character that the project does not know.
    pub(super) async fn must_know_character(
        &self,
        project_id: &str,
        param: &'static str,
        id: &str,
    ) -> Result<(), Error> {
        match self.character(project_id, id).await {
            Err(Error::NotFound(_)) => Err(Error::Invalid {
                param,
                message: "must be the id of a character".into(),
            }),
            other => other.map(drop),
        }
    }
}

fn record(prepared: Prepared) -> Result<PremadeRecord, Error> {
    Ok(PremadeRecord {
        premade: serde_json::from_str(&prepared.body).map_err(|_| Error::Corrupt("premade role-play"))?,
        built_in: false,
        created_at: Some(prepared.created_at),
        place: Place::Own(prepared.seq),
    })
}
