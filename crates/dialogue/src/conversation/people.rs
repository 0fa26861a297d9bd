//! What people do: voices, typed words, comings and goings.

use super::Conversation;
use super::person::{Person, Turn};
use crate::event::{Fate, Line, Output, Overlap, Speaker};
use crate::id::PersonId;
use crate::speech::Phase;
use crate::time::Time;

impl Conversation {
    pub(super) fn voice_started(&mut self, now: Time, id: PersonId, since: Time) {
        let over = self.speech.as_ref().and_then(|speech| match speech.phase {
            Phase::Released { .. } | Phase::Heard { .. } => Some(speech.id),
            Phase::Planned | Phase::Stopping { .. } => None,
        });
        // It takes a moment to know a voice: it may have begun over a speech that is over by now.
        let before = match &self.speech {
            Some(speech) if speech.is_stopping() => Some(speech.id),
            _ => self.ended.filter(|(_, at)| since < *at).map(|(speech, _)| speech),
        };
        let person = self.people.entry(id.clone()).or_default();
        // Otherwise the end of the former voice got lost, and nobody knows how long they paused.
        let has_paused = person.voice.is_none();
        person.voice = Some(since);
        person.is_noise = false;
        let Person { turn, habits, .. } = person;
        match turn {
            None => *turn = Some(Turn::new(since, over.or(before))),
            Some(turn) => {
                if has_paused {
                    habits.paused(since.since(turn.last_voice));
                }
                turn.covers = false;
                turn.audio = None;
                turn.take_at = None;
                if over.is_some() && turn.over != over {
                    turn.over = over;
                    turn.before_overlap.clone_from(&turn.words);
                }
                self.continue_turn(&id);
            }
        }
        self.continue_at = None;
        self.reopen_at = None;
        self.hold_unheard(now);
    }

    /// A turn that had ended goes on.
    fn continue_turn(&mut self, id: &PersonId) {
        let turn = self.people.get_mut(id).and_then(|person| person.turn.as_mut());
        if turn.is_some_and(|turn| turn.ended.take().is_some()) {
            self.counters.turns_continued += 1;
            self.waiting
                .retain(|waiting| waiting.person != *id || waiting.is_settled);
        }
    }

    /// Keeps a speech back of which nothing was heard.
    fn hold_unheard(&mut self, now: Time) {
        let speech = self.speech.as_ref();
        if speech.is_some_and(crate::speech::Speech::is_released) {
            self.hold(now);
        }
    }

    pub(super) fn voice_paused(&mut self, now: Time, id: PersonId, last_voice: Time) {
        let person = self.people.entry(id.clone()).or_default();
        let was_heard = person.voice.take().is_some();
        person.is_noise = false;
        let turn = person.turn.get_or_insert_with(|| Turn::new(last_voice, None));
        if turn.ended.is_some() {
            if !was_heard {
                return;
            }
            // It was taken to be over in a noise, and nobody knows what was said in that noise.
            self.continue_turn(&id);
            self.hold_unheard(now);
        }
        let Some(turn) = self.people.get_mut(&id).and_then(|person| person.turn.as_mut()) else {
            return;
        };
        turn.last_voice = last_voice.max(turn.last_voice);
        turn.probed = None;
        if turn.takes < self.tuning.takes_eager_max {
            self.ask_take(now, &id);
        } else {
            turn.take_at = Some(last_voice + self.tuning.take_later);
        }
    }

    pub(super) fn person_left(&mut self, now: Time, id: &PersonId) {
        if let Some(person) = self.people.get_mut(id) {
            person.voice = None;
            if let Some(turn) = person.turn.as_mut().filter(|turn| turn.ended.is_none()) {
                // What was made out is taken as said; no more will come.
                turn.covers = turn.words.is_some();
            }
        }
        // What they said over a speech may still turn out to be nothing.
        self.look_at_overlap(now, id);
        let words = self.people.get(id).and_then(Person::paused_words);
        match words.map(|words| self.repeats_last(words)) {
            // What they said beside it was never made out.
            Some(true) => self.drop_turn(now, id, Overlap::Echo),
            Some(false) => self.end_turn(now, id),
            None => {}
        }
        self.settle(id);
        self.people.remove(id);
        self.director.remove_person(id);
        if !self.director.has_people() {
            self.nobody_is_left(now);
        }
        if self.continue_at.is_none() && self.reopen_at.is_none() {
            // Their voice may have kept the characters from going on.
            self.quiet_again(now);
        }
    }

    /// An answer is for whoever is there.
    fn nobody_is_left(&mut self, now: Time) {
        self.reopen_at = None;
        while let Some(waiting) = self.waiting.pop_front() {
            self.close(waiting.person, Fate::Left);
        }
        let is_unheard = self.speech.as_ref().is_some_and(|speech| {
            speech.basis.is_some() && !matches!(speech.phase, Phase::Heard { .. } | Phase::Stopping { .. })
        });
        if is_unheard {
            self.discard(now);
        }
    }

    pub(super) fn typed(&mut self, now: Time, id: PersonId, text: String) {
        self.people.entry(id.clone()).or_default();
        self.stop(now);
        self.counters.turns += 1;
        self.someone_spoke();
        self.outputs.push_back(Output::Entry(Line {
            speaker: Speaker::Person(id.clone()),
            text: text.clone(),
        }));
        self.want_answer(now, id, text, true);
    }

    /// A person has said something: the characters' own talk is over.
    pub(super) fn someone_spoke(&mut self) {
        self.run = 0;
        self.people_spoke = true;
        self.has_reopened = false;
        self.continue_at = None;
        self.reopen_at = None;
        self.called.clear();
        // What is still to be told of a speech that was cut for it comes before it.
        if let Some(speech) = self.speech.as_mut().filter(|speech| speech.was_heard()) {
            speech.is_past = true;
        }
    }
}
