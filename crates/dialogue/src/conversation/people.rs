//! What people do: voices, words, comings and goings.

use super::{Conversation, Owed};
use crate::endpointing::{Turn, Words};
use crate::event::{Line, Output, Speaker};
use crate::id::{PersonId, TakeId};
use crate::speech::Phase;
use crate::time::Time;

impl Conversation {
    pub(super) fn voice_started(&mut self, person: PersonId, since: Time) {
        self.people.insert(person, Turn::Voiced { since });
        self.continue_at = None;
        self.discard_plan();
    }

    pub(super) fn voice_paused(&mut self, person: PersonId, last_voice: Time) {
        let take = TakeId(self.next_id());
        self.people.insert(
            person.clone(),
            Turn::Paused {
                last_voice,
                take,
                words: Words::Awaited,
            },
        );
        self.outputs.push_back(Output::Transcribe { person, take });
    }

    pub(super) fn transcribed(&mut self, now: Time, take: TakeId, text: String) {
        let Some((person, turn)) = self.paused_with(take) else {
            return;
        };
        if text.trim().is_empty() {
            *turn = Turn::Idle;
            self.outputs.push_back(Output::TurnTaken { person });
            self.plan_continuation(now);
            return;
        }
        if let Turn::Paused { words, .. } = turn {
            *words = Words::Known(text.clone());
        }
        self.outputs.push_back(Output::Caption {
            person: person.clone(),
            text: text.clone(),
        });
        if self.speech.is_none() && self.others_are_quiet(&person) {
            self.plan(Some(person), &text);
        }
    }

    pub(super) fn transcription_failed(&mut self, take: TakeId) {
        let Some((person, turn)) = self.paused_with(take) else {
            return;
        };
        *turn = Turn::Idle;
        self.outputs.push_back(Output::TurnTaken { person });
        if self.owed.is_none() && self.speech.is_none() {
            self.owed = Some(Owed::Apology);
        }
    }

    pub(super) fn person_left(&mut self, now: Time, person: &PersonId) {
        if let Some(Turn::Paused {
            words: Words::Known(text),
            ..
        }) = self.people.get(person).cloned()
        {
            self.end_turn(now, person.clone(), text);
        }
        self.people.remove(person);
        if self
            .speech
            .as_ref()
            .is_some_and(|speech| speech.because.as_ref() == Some(person))
        {
            self.discard_plan();
        }
    }

    pub(super) fn typed(&mut self, person: PersonId, text: String) {
        self.discard_plan();
        self.stop();
        self.people_spoke();
        self.outputs.push_back(Output::Entry(Line {
            speaker: Speaker::Person(person),
            text: text.clone(),
        }));
        self.owed = Some(Owed::Answer(text));
    }

    pub(super) fn end_turn(&mut self, now: Time, person: PersonId, text: String) {
        self.people.insert(person.clone(), Turn::Idle);
        self.people_spoke();
        self.outputs.push_back(Output::TurnTaken {
            person: person.clone(),
        });
        self.outputs.push_back(Output::Entry(Line {
            speaker: Speaker::Person(person.clone()),
            text: text.clone(),
        }));
        match &mut self.speech {
            Some(speech) if speech.phase == Phase::Planned => {
                speech.phase = Phase::Released { since: now };
                self.outputs.push_back(Output::Play { speech: speech.id });
            }
            // Said over a speech, or while others talk: it is answered when the floor is free.
            _ => self.owed = Some(Owed::Answer(text)),
        }
    }

    pub(super) fn people_spoke(&mut self) {
        self.run = 0;
        self.last = None;
        self.continue_at = None;
    }
}
