//! Turns that end: who answers, and what becomes of them.

use super::Conversation;
use super::floor::Waiting;
use crate::director::Answers;
use crate::event::{Fate, Line, Output, Speaker};
use crate::fault::Fault;
use crate::id::{CharacterId, PersonId};
use crate::time::Time;

impl Conversation {
    /// Turns that may wait for an answer. Full: the oldest is closed as [`Fate::Crowded`].
    pub const WAITING_MAX: usize = 8;

    /// Whether a character has asked something that nobody has answered.
    pub(super) fn question_is_open(&self) -> bool {
        let asks = |(_, line): &(_, String)| line.trim_end().ends_with(['?', '？']);
        !self.people_spoke && self.last.as_ref().is_some_and(asks)
    }

    pub(super) fn end_turn(&mut self, now: Time, id: &PersonId) {
        let Some(turn) = self.people.get_mut(id).and_then(|person| person.turn.as_mut()) else {
            return;
        };
        let Some(text) = turn.words.clone() else { return };
        turn.ended = Some(now);
        turn.over = None;
        turn.take_at = None;
        self.counters.turns += 1;
        self.someone_spoke();
        self.want_answer(now, id.clone(), text, false);
    }

    /// A turn of before this conversation began wants its answer.
    pub(super) fn turn_owed(
        &mut self,
        now: Time,
        id: PersonId,
        text: String,
        is_entered: bool,
        to: Option<CharacterId>,
    ) {
        self.people.entry(id.clone()).or_default();
        self.counters.turns += 1;
        self.someone_spoke();
        if !is_entered {
            self.outputs.push_back(Output::Entry(Line {
                speaker: Speaker::Person(id.clone()),
                text: text.clone(),
            }));
        }
        let Some(to) = to.filter(|to| self.director.member(to).is_some()) else {
            self.want_answer(now, id, text, true);
            return;
        };
        self.waiting.push_back(Waiting {
            person: id,
            text,
            to: vec![to],
            speech: None,
            is_settled: true,
        });
        if self.waiting.len() > Self::WAITING_MAX {
            self.close_oldest();
        }
    }

    pub(super) fn want_answer(&mut self, now: Time, id: PersonId, text: String, is_settled: bool) {
        match self.director.answers(now, &id, &text, &self.tuning) {
            Answers::Characters(to) => {
                if self.planted.is(Fault::TurnForgotten) && !self.waiting.is_empty() {
                    return;
                }
                self.waiting.push_back(Waiting {
                    person: id,
                    text,
                    to,
                    speech: None,
                    is_settled,
                });
                if self.waiting.len() > Self::WAITING_MAX && !self.planted.is(Fault::EndlessQueue) {
                    self.close_oldest();
                }
            }
            Answers::AnotherPerson => self.leave_unanswered(now, id, Fate::BetweenPeople),
            Answers::Nobody => self.leave_unanswered(now, id, Fate::NoCharacter),
        }
    }

    fn leave_unanswered(&mut self, now: Time, id: PersonId, fate: Fate) {
        self.settle(&id);
        let is_for_it = self.speech.as_ref().is_some_and(|speech| {
            !speech.is_audible() && speech.basis.as_ref().is_some_and(|(whose, _)| *whose == id)
        });
        if is_for_it {
            self.discard(now);
        }
        self.close(id, fate);
        self.quiet_again(now);
    }

    fn close_oldest(&mut self) {
        let Some(oldest) = self.waiting.front().map(|waiting| waiting.person.clone()) else {
            return;
        };
        self.settle(&oldest);
        if self.waiting.pop_front().is_some() {
            self.close(oldest, Fate::Crowded);
        }
    }

    /// An ended turn can't be continued any more: its words are kept, its sound is forgotten.
    pub(super) fn settle(&mut self, id: &PersonId) {
        let Some(person) = self.people.get_mut(id) else {
            return;
        };
        let Some(turn) = person.turn.take_if(|turn| turn.ended.is_some()) else {
            return;
        };
        if let Some(waiting) = self
            .waiting
            .iter_mut()
            .find(|waiting| waiting.person == *id && !waiting.is_settled)
        {
            waiting.is_settled = true;
        }
        self.outputs.push_back(Output::TurnTaken { person: id.clone() });
        self.outputs.push_back(Output::Entry(Line {
            speaker: Speaker::Person(id.clone()),
            text: turn.words.unwrap_or_default(),
        }));
    }

    /// For [`Fault::EntryTwice`] alone.
    pub(super) fn enter_again(&mut self) {
        let last = self
            .outputs
            .iter()
            .rev()
            .find(|output| matches!(output, Output::Entry(_)));
        if let Some(entry) = last.cloned() {
            self.outputs.push_back(entry);
        }
    }

    pub(super) fn close(&mut self, person: PersonId, fate: Fate) {
        self.counters.closed(fate);
        self.outputs.push_back(Output::TurnClosed { person, fate });
    }
}
