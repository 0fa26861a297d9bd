//! What the last worker of a room left undone, and what this one has under way.

use troupe_dialogue::{CharacterId, Input, PersonId};

use super::Session;
use crate::brain::history::Happening;
use crate::protocol::{Note, OwedTurn, Saying};

/// What is still to be taken up from the room's last worker.
#[derive(Debug, Default)]
pub(super) struct Resuming {
    owed: Vec<OwedTurn>,
    /// What was cut, until its character has spoken again.
    cut: Option<Saying>,
    /// Nobody asked for what was cut: its character goes on by itself.
    goes_on: bool,
}

impl Resuming {
    pub(super) fn new(note: Option<Note>) -> Self {
        let Note { owed, saying } = note.unwrap_or_default();
        Self {
            goes_on: saying.is_some() && owed.is_empty(),
            owed,
            cut: saying,
        }
    }

    /// Somebody has said something new: what was owed before is past.
    pub(super) fn is_past(&mut self) {
        self.owed.clear();
        self.goes_on = false;
    }
}

impl Session {
    /// Takes up what is left undone, once the cast is here and the people it concerns.
    pub(super) fn take_up(&mut self) {
        if self.joining > 0 || self.cast.is_empty() {
            return;
        }
        let owed = std::mem::take(&mut self.resuming.owed);
        for turn in owed {
            let person: PersonId = turn.identity.as_str().into();
            if self.people.get(&person).is_none() {
                self.resuming.owed.push(turn);
                continue;
            }
            self.hand_in(Input::TurnOwed {
                person,
                text: turn.content,
                is_entered: turn.entered,
                to: turn.character_id.map(|id| id.as_str().into()),
            });
        }
        let is_heard = !self.people.is_empty() || self.scene.mode == crate::protocol::Mode::Scripted;
        if self.resuming.goes_on && is_heard {
            self.resuming.goes_on = false;
            self.hand_in(Input::FloorOffered);
        }
    }

    /// What a character has to know of the fault that cut it, the first time it speaks again.
    pub(super) fn was_cut(&mut self, character: &CharacterId) -> Option<Happening> {
        let is_its = |cut: &mut Saying| cut.character_id == character.as_str();
        let cut = self.resuming.cut.take_if(is_its)?;
        Some(Happening::CutOff {
            by: format!("{}{character}", crate::link::AGENT_PREFIX),
            text: cut.content,
        })
    }

    /// Writes down what is under way.
    pub(super) fn note_down(&self) {
        let mut note = Note {
            owed: self.resuming.owed.clone(),
            saying: self.resuming.cut.clone().filter(|_| self.work.is_none()),
        };
        let owed = self.conversation.turns_owed().into_iter().map(|turn| OwedTurn {
            identity: turn.person.to_string(),
            content: turn.text,
            entered: turn.is_entered,
            character_id: turn.by.map(|id| id.to_string()),
        });
        note.owed.extend(owed);
        if let Some(work) = &self.work {
            let begun = work.chunks.get(..work.begun).unwrap_or_default();
            note.saying = (!begun.is_empty()).then(|| Saying {
                character_id: work.character.to_string(),
                content: begun.join(" "),
            });
        }
        self.pad.write(note);
    }
}
