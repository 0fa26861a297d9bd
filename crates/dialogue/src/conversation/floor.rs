//! Who gets the floor: answers first, then characters among themselves, then whoever breaks a long silence.

use std::collections::VecDeque;

use super::Conversation;
use super::person::Person;
use crate::director::Answers;
use crate::event::{Cue, Fate, Line, Speaker, Trouble};
use crate::fault::Fault;
use crate::id::{CharacterId, PersonId, SpeechId};
use crate::speech::{Phase, Speech};
use crate::time::Time;
use crate::tuning::Mode;

/// A turn that ended and wants an answer.
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) person: PersonId,
    pub(super) text: String,
    /// Who answers, in order.
    pub(super) to: Vec<CharacterId>,
    /// The speech that answers it.
    pub(super) speech: Option<SpeechId>,
    /// Whether its words are an entry already.
    pub(super) is_settled: bool,
}

impl Conversation {
    /// Gives the floor to whoever is due.
    pub(super) fn take_the_floor(&mut self, now: Time) {
        self.resume_if_clear(now);
        if self.floor_is_free() || self.planted.is(Fault::SpeaksOver) {
            self.answer(now);
        }
        self.plan(now);
    }

    /// Somebody is to speak by itself, or to answer knowing of the offer.
    pub(super) fn floor_offered(&mut self, now: Time) {
        if self
            .speech
            .as_ref()
            .is_some_and(|speech| speech.phase == Phase::Planned)
        {
            self.discard(now);
        }
        self.owes_turn = self.waiting.iter().all(|waiting| waiting.speech.is_some());
    }

    pub(super) fn floor_is_free(&self) -> bool {
        !self.people.values().any(Person::holds_floor)
    }

    /// Lets a speech that nobody has heard yet answer whoever waits, or begins one.
    fn answer(&mut self, now: Time) {
        if let Some(speech) = &self.speech {
            if !matches!(speech.phase, Phase::Planned) && !speech.is_released() {
                return;
            }
            let id = speech.id;
            let goes_alone = speech_goes_alone(speech, &self.waiting);
            let is_due = self.waiting.iter().any(|waiting| waiting.speech == Some(id));
            if is_due || goes_alone || self.adopt(id) {
                self.release(now);
                return;
            }
            self.discard(now);
        }
        match self.waiting.front().cloned() {
            Some(oldest) => self.answer_oldest(now, &oldest),
            None if self.owes_apology => {
                self.owes_apology = false;
                if let Some(character) = self.director.opens() {
                    self.apologise(now, character, Trouble::NotUnderstood);
                    self.release(now);
                }
            }
            None if self.owes_turn => {
                self.owes_turn = false;
                let next = self.director.opens();
                self.begin_unasked(now, next, Cue::GoOn);
            }
            None => {}
        }
    }

    /// Takes a speech made in advance for the turn that it was made for, if that is what was said in the end.
    fn adopt(&mut self, id: SpeechId) -> bool {
        let Some(speech) = self.speech.as_ref() else {
            return false;
        };
        let Some((whose, basis)) = &speech.basis else {
            return false;
        };
        let is_any = self.planted.is(Fault::StaleAnswer);
        let [waiting] = self.waiting.make_contiguous() else {
            return false;
        };
        let fits = waiting.person == *whose
            && (waiting.text == *basis || is_any)
            && waiting.to.first() == Some(&speech.character);
        if fits {
            self.owes_turn = false;
            waiting.speech = Some(id);
            let (to, character) = (waiting.to.clone(), speech.character.clone());
            self.call_others(&to, &character);
        }
        fits
    }

    fn answer_oldest(&mut self, now: Time, oldest: &Waiting) {
        self.owes_apology = false;
        self.owes_turn = false;
        let mut present = oldest
            .to
            .iter()
            .find(|id| self.director.member(id).is_some())
            .cloned();
        if self.planted.is(Fault::WrongCharacter) {
            present = self.director.goes_on(oldest.to.first(), "");
        }
        let Some(character) = present.or_else(|| self.director.opens()) else {
            self.settle(&oldest.person);
            self.waiting.pop_front();
            self.close(oldest.person.clone(), Fate::NoCharacter);
            return;
        };
        let unsettled = self.waiting.iter().filter(|waiting| !waiting.is_settled);
        let pending = unsettled
            .map(|waiting| Line {
                speaker: Speaker::Person(waiting.person.clone()),
                text: waiting.text.clone(),
            })
            .collect();
        let speech = self.generate(now, character.clone(), Cue::Answer, pending);
        for waiting in &mut self.waiting {
            // What the same person has said since is answered along, unless it calls somebody else.
            let calls = self.director.named(&waiting.text, None);
            let is_along = waiting.person == oldest.person && calls.is_none_or(|called| called == character);
            if waiting.to.first() == oldest.to.first() || is_along {
                waiting.speech = Some(speech);
            }
        }
        if let ([waiting], Some(speech)) = (self.waiting.make_contiguous(), &mut self.speech) {
            speech.basis = Some((waiting.person.clone(), waiting.text.clone()));
        }
        self.call_others(&oldest.to, &character);
        self.release(now);
    }

    /// Whoever else was asked answers afterwards.
    fn call_others(&mut self, asked: &[CharacterId], first: &CharacterId) {
        let others = asked
            .iter()
            .filter(|id| *id != first && self.director.member(id).is_some());
        self.called = others.cloned().collect();
    }

    /// Makes an answer in advance for a turn that may be over.
    fn plan(&mut self, now: Time) {
        if self.speech.is_some() || !self.waiting.is_empty() {
            return;
        }
        let mut open = self.people.iter().filter(|(_, person)| person.holds_floor());
        let (Some((id, person)), None) = (open.next(), open.next()) else {
            return;
        };
        let (Some(words), Some(turn)) = (person.paused_words(), person.turn.as_ref()) else {
            return;
        };
        if turn.plans >= self.tuning.plans_max || turn.over.is_some() {
            return;
        }
        let (id, words) = (id.clone(), words.to_owned());
        let Answers::Characters(to) = self.director.would_answer(now, &id, &words) else {
            return;
        };
        let Some(character) = to.into_iter().next() else {
            return;
        };
        let pending = vec![Line {
            speaker: Speaker::Person(id.clone()),
            text: words.clone(),
        }];
        self.generate(now, character, Cue::Answer, pending);
        if let Some(speech) = &mut self.speech {
            speech.basis = Some((id.clone(), words));
            speech.was_planned = true;
        }
        if let Some(turn) = self.people.get_mut(&id).and_then(|person| person.turn.as_mut()) {
            turn.plans += 1;
        }
        self.counters.plans += 1;
    }

    /// After a speech, or a sound that was no turn: what comes next if nobody speaks.
    pub(super) fn quiet_again(&mut self, now: Time) {
        if self.speech.is_some() || !self.waiting.is_empty() {
            return;
        }
        if !self.called.is_empty() {
            self.continue_at = Some(now + self.tuning.continuation_when_named);
            return;
        }
        let run_max = match self.mode {
            // People said something that was not for the characters: they fall silent.
            Mode::Freeform if self.people_spoke => return,
            _ if self.planted.is(Fault::SceneStops) && self.counters.turns > 0 => return,
            _ if self.planted.is(Fault::RunsOn) => u32::MAX,
            Mode::Freeform => self.tuning.character_run_max,
            Mode::Scripted => self.tuning.scene_run_max,
        };
        let delay = match &self.last {
            None if self.mode == Mode::Scripted => Some(self.tuning.scene_start),
            None => None,
            Some((speaker, _)) if !self.director.has_other_than(speaker) => None,
            Some((speaker, words)) => {
                let tuning = self.tuning_of(Some(speaker));
                let is_named = self.director.named(words, Some(speaker)).is_some();
                Some(if is_named {
                    tuning.continuation_when_named
                } else {
                    tuning.continuation
                })
            }
        };
        if let Some(delay) = delay
            && self.run < run_max
        {
            self.continue_at = Some(now + delay);
        } else if self.mode == Mode::Freeform && self.last.is_some() && !self.has_reopened {
            let is_heard = self.director.has_people();
            self.reopen_at = is_heard.then(|| now + self.tuning_of_listener().reopen_after);
        }
    }

    /// The time has come for a character to go on.
    pub(super) fn go_on(&mut self, now: Time) {
        self.continue_at = None;
        if self.is_busy() {
            return;
        }
        let mut cue = Cue::GoOn;
        let mut next = None;
        while let Some(called) = self.called.pop_front() {
            if self.director.member(&called).is_some() {
                (cue, next) = (Cue::Answer, Some(called));
                break;
            }
        }
        if next.is_none() {
            next = match &self.last {
                Some((speaker, words)) => self.director.goes_on(Some(speaker), words),
                None => {
                    cue = Cue::OpenScene;
                    self.director.opens()
                }
            };
        }
        self.begin_unasked(now, next, cue);
    }

    /// Nobody has spoken for long: a character tries once.
    pub(super) fn reopen(&mut self, now: Time) {
        self.reopen_at = None;
        if self.is_busy() {
            return;
        }
        self.has_reopened = true;
        let next = self.director.opens();
        self.begin_unasked(now, next, Cue::Reopen);
    }

    fn begin_unasked(&mut self, now: Time, next: Option<CharacterId>, cue: Cue) {
        if let Some(character) = next {
            self.generate(now, character, cue, Vec::new());
            self.release(now);
        }
    }

    fn is_busy(&self) -> bool {
        self.speech.is_some() || !self.waiting.is_empty() || !self.floor_is_free()
    }
}

/// Whether a speech that nobody waits for is to be heard: one that characters began themselves.
fn speech_goes_alone(speech: &Speech, waiting: &VecDeque<Waiting>) -> bool {
    waiting.is_empty() && speech.basis.is_none()
}
