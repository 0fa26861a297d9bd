//! What a claim says of a room's task.

use std::collections::BTreeMap;

use super::Rooms;
use crate::character::Character;
use crate::protocol::{Ambience, Assignment, Task};
use crate::rooms::error::Error;
use crate::rooms::interview::{CASCADE, Interview};
use crate::rooms::roleplay::Roleplay;
use crate::rooms::room::{Room, Surface};

/// Time before the end at which the character is told that it is near, s.
pub(super) const WARN_BEFORE_END_S: u64 = 60;
/// Time before the end at which the character says goodbye, s: two sentences, and a word back.
pub(super) const CLOSE_BEFORE_END_S: u64 = 20;
/// Provider whose voices are meant by a bare name.
const VOICE_PROVIDER: &str = "openai";

/// A room's task, and what it changes in the room.
#[derive(Debug, Clone)]
pub(super) struct Assigned {
    pub(super) assignment: Assignment,
    /// The room ends after this time, s.
    pub(super) max_duration_s: u64,
    /// What its place sounds like.
    pub(super) ambience: Option<Ambience>,
    /// Takes the place of the character's language.
    language: Option<String>,
    /// Take the place of the character's voices of these providers.
    voices: BTreeMap<String, String>,
    /// Takes the place of the character's model that hears and speaks by itself.
    realtime: Option<String>,
}

impl Assigned {
    /// The character as it is in this room.
    pub(super) fn dress(&self, mut character: Character) -> Character {
        if let Some(language) = &self.language {
            character.language.clone_from(language);
        }
        character.voices.extend(self.voices.clone());
        match self.realtime.as_deref() {
            Some(CASCADE) => character.models.realtime = None,
            Some(provider) => character.models.realtime = Some(provider.to_owned()),
            None => {}
        }
        character
    }
}

impl Rooms {
    /// The task of a room, if its surface gives it one.
    pub(super) async fn assigned(&self, room: &Room) -> Result<Option<Assigned>, Error> {
        match room.surface {
            Surface::Voice | Surface::Chat => Ok(None),
            Surface::Roleplay => Ok(Some(of_roleplay(self.store.roleplay_of_room(&room.id).await?))),
            Surface::Interview => {
                let interview = self.store.interview_of_room(&room.id).await?;
                let voices = self.voices_of(&interview).await?;
                Ok(Some(of_interview(interview, voices)))
            }
        }
    }

    /// What `voice` means: a character's voices by its id, `provider:voice`, or a voice of the usual provider.
    async fn voices_of(&self, interview: &Interview) -> Result<BTreeMap<String, String>, Error> {
        let Some(voice) = &interview.voice else {
            return Ok(BTreeMap::new());
        };
        match self.character(&interview.owner_id, voice).await {
            Ok(known) => return Ok(known.character.voices),
            Err(Error::NotFound(_)) => {}
            Err(error) => return Err(error),
        }
        let (provider, name) = voice
            .split_once(':')
            .filter(|(provider, name)| !provider.is_empty() && !name.is_empty())
            .unwrap_or((VOICE_PROVIDER, voice));
        Ok(BTreeMap::from([(provider.to_owned(), name.to_owned())]))
    }
}

fn of_roleplay(roleplay: Roleplay) -> Assigned {
    let premade = roleplay.premade;
    Assigned {
        max_duration_s: premade.max_duration_s().unsigned_abs(),
        assignment: Assignment {
            task: Task::Roleplay {
                scenario: premade.scenario,
                person: roleplay.user_name,
            },
            opens: premade.character_opens,
            warn_before_end_s: WARN_BEFORE_END_S,
            close_before_end_s: CLOSE_BEFORE_END_S,
        },
        ambience: premade.ambience,
        language: premade.language,
        voices: BTreeMap::new(),
        realtime: None,
    }
}

fn of_interview(interview: Interview, voices: BTreeMap<String, String>) -> Assigned {
    Assigned {
        assignment: Assignment {
            task: Task::Interview {
                goals: interview.goals().to_owned(),
                guide: interview.guide().to_owned(),
                topics: interview.topics_for_respondent,
            },
            opens: true,
            warn_before_end_s: WARN_BEFORE_END_S,
            close_before_end_s: CLOSE_BEFORE_END_S,
        },
        max_duration_s: interview.max_duration_s.unsigned_abs(),
        ambience: None,
        language: interview.language.or(interview.project.language),
        voices,
        realtime: interview.realtime_provider,
    }
}
