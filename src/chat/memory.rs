//! From a room's timeline to what characters remember and the director weighs.

use super::director::Candidate;
use crate::brain::history::{Happening, History};
use crate::character::Character;
use crate::protocol::SpeakerType;
use crate::rooms::room::agent_identity;
use crate::rooms::transcript::Entry;

/// Tokens of a room's timeline that a character remembers.
const HISTORY_TOKENS: usize = 1_500;
/// Users that a character is told of by name.
const PEOPLE_MAX: usize = 16;

/// What everybody in the room remembers of `timeline`.
pub(super) fn history(timeline: &[Entry]) -> History {
    let mut history = History::new(HISTORY_TOKENS);
    for entry in timeline {
        history.push(happening(entry));
    }
    history
}

/// An entry as those in the room noticed it.
pub(super) fn happening(entry: &Entry) -> Happening {
    let by = match (&entry.speaker_type, &entry.character_id) {
        (SpeakerType::Agent, Some(id)) => agent_identity(id),
        _ => entry.speaker_identity.clone().unwrap_or_default(),
    };
    Happening::Said {
        name: entry.speaker_name.clone().unwrap_or_else(|| by.clone()),
        by,
        text: entry.content.clone(),
    }
}

/// Names of the users who wrote last, latest first.
pub(super) fn people(timeline: &[Entry]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let users = timeline
        .iter()
        .rev()
        .filter(|entry| entry.speaker_type == SpeakerType::User);
    for name in users.filter_map(|entry| entry.speaker_name.as_ref()) {
        if names.len() < PEOPLE_MAX && !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// What the director has to know of a character before the message that follows `timeline`.
pub(super) fn candidate(character: &Character, timeline: &[Entry]) -> Candidate {
    let silent = timeline
        .iter()
        .rev()
        .position(|entry| entry.character_id.as_deref() == Some(character.id.as_str()));
    Candidate {
        names: std::iter::once(&character.name)
            .chain(&character.aliases)
            .cloned()
            .collect(),
        talkativeness: character.talkativeness,
        silent: silent.map(|lines| u32::try_from(lines).unwrap_or(u32::MAX)),
    }
}
