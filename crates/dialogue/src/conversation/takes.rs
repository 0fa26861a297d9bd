//! Transcriptions: when one is asked for, and what its words mean.

use super::Conversation;
use super::person::Take;
use crate::event::{Fate, Output, Overlap};
use crate::id::{PersonId, TakeId};
use crate::time::Time;

impl Conversation {
    /// Asks for all words of a turn so far, and at a pause what it sounds like.
    pub(super) fn ask_take(&mut self, now: Time, id: &PersonId) {
        let take = TakeId(self.next_id());
        let Some(person) = self.people.get_mut(id) else {
            return;
        };
        let Some(turn) = &mut person.turn else { return };
        turn.take = Some(Take { id: take, asked: now });
        turn.covers = false;
        turn.judged = Some(take);
        turn.audio = None;
        turn.take_at = None;
        turn.takes = turn.takes.saturating_add(1);
        self.counters.takes += 1;
        let is_paused = person.voice.is_none();
        let person = id.clone();
        self.outputs.push_back(Output::Transcribe {
            person: person.clone(),
            take,
        });
        if is_paused {
            self.outputs.push_back(Output::JudgeEnd { person, take });
        }
    }

    /// Looks for words in a voice that does not pause.
    pub(super) fn probe(&mut self, now: Time, id: &PersonId) {
        if let Some(turn) = self.people.get_mut(id).and_then(|person| person.turn.as_mut()) {
            turn.probed = Some(now);
        }
        self.ask_take(now, id);
    }

    fn whose(&self, take: TakeId) -> Option<PersonId> {
        let is_it = |person: &super::Person| {
            let turn = person.turn.as_ref();
            turn.and_then(|turn| turn.take)
                .is_some_and(|asked| asked.id == take)
        };
        self.people
            .iter()
            .find(|(_, person)| is_it(person))
            .map(|(id, _)| id.clone())
    }

    pub(super) fn end_judged(&mut self, take: TakeId, probability: f32) {
        // The take itself may be over already: what counts is that the pause it was asked at goes on.
        for person in self.people.values_mut().filter(|person| person.voice.is_none()) {
            if let Some(turn) = person.turn.as_mut().filter(|turn| turn.judged == Some(take)) {
                turn.audio = Some(probability);
            }
        }
    }

    pub(super) fn partial_words(&mut self, now: Time, id: &PersonId, text: String) {
        if self
            .people
            .get(id)
            .is_some_and(|person| person.speaks_in_noise(&text))
        {
            self.voice_started(now, id.clone(), now);
        }
        let Some(person) = self.people.get_mut(id) else {
            return;
        };
        let Some(turn) = person.turn.as_mut().filter(|turn| turn.ended.is_none()) else {
            return;
        };
        if text.trim().is_empty() || turn.covers {
            return;
        }
        turn.learn(now, &text);
        self.look_at_overlap(now, id);
    }

    pub(super) fn transcribed(&mut self, now: Time, take: TakeId, text: String) {
        let Some(id) = self.whose(take) else { return };
        let noise_after = self.tuning.noise_after;
        let Some(person) = self.people.get_mut(&id) else {
            return;
        };
        let (is_heard, heard_for, since) = (person.says_more(), person.heard_for(now), person.voice);
        let Some(turn) = &mut person.turn else { return };
        // What was asked for before a voice began does not tell what is in it.
        let is_of_voice = turn.take.take().is_some_and(|take| Some(take.asked) >= since);
        if turn.ended.is_some() {
            // It ended with what was known; an answer to that is on its way.
            return;
        }
        let is_new = turn.learn(now, &text);
        turn.covers = !is_heard && turn.words.is_some();
        let is_stuck = is_heard
            && is_of_voice
            && heard_for >= noise_after
            && now.since(turn.words_changed) >= noise_after;
        let has_words = turn.words.is_some();
        if is_stuck {
            // The voice goes on and brings no words: nobody waits for it, and what was said before it counts.
            person.is_noise = true;
            turn.covers = has_words;
            turn.last_voice = turn.last_voice.max(turn.words_changed);
        }
        if !has_words {
            if !is_heard || is_stuck {
                self.drop_turn(now, &id, Overlap::Noise);
            }
            return;
        }
        if is_new {
            self.drop_stale_plan(now, &id);
        }
        if self.look_at_overlap(now, &id) {
            return;
        }
        let turn = self.people.get(&id).and_then(|person| person.turn.as_ref());
        if let Some(text) = turn.and_then(|turn| turn.words.clone()).filter(|_| is_new) {
            self.outputs.push_back(Output::Caption { person: id, text });
        }
    }

    /// A plan that answers other words than were said in the end is of no use.
    fn drop_stale_plan(&mut self, now: Time, id: &PersonId) {
        if self.planted.is(crate::fault::Fault::StaleAnswer) {
            return;
        }
        let words = self
            .people
            .get(id)
            .and_then(|person| person.turn.as_ref()?.words.clone());
        let is_stale = self.speech.as_ref().is_some_and(|speech| {
            !speech.is_audible()
                && speech
                    .basis
                    .as_ref()
                    .is_some_and(|(whose, basis)| whose == id && words.as_ref() != Some(basis))
        });
        if is_stale {
            self.discard(now);
        }
    }

    pub(super) fn transcription_failed(&mut self, now: Time, take: TakeId) {
        let Some(id) = self.whose(take) else { return };
        self.give_up_take(now, &id);
    }

    pub(super) fn words_overdue(&mut self, now: Time, id: &PersonId) {
        self.counters.overdue += 1;
        self.give_up_take(now, id);
    }

    fn give_up_take(&mut self, now: Time, id: &PersonId) {
        let noise_after = self.tuning.noise_after;
        let Some(person) = self.people.get_mut(id) else {
            return;
        };
        let (is_heard, heard_for) = (person.is_speaking(), person.heard_for(now));
        let Some(turn) = &mut person.turn else { return };
        turn.take = None;
        if is_heard {
            // Another look comes, unless there is no end to it.
            if heard_for >= noise_after * 4 && turn.words.is_none() {
                person.is_noise = true;
                self.drop_turn(now, id, Overlap::Noise);
            }
            return;
        }
        if turn.take_at.is_some() || turn.ended.is_some() {
            return;
        }
        if turn.words.is_some() {
            turn.covers = true;
            self.look_at_overlap(now, id);
            return;
        }
        let is_over = turn.over.is_some();
        self.drop_turn(now, id, Overlap::Noise);
        if !is_over {
            self.counters.turns += 1;
            self.close(id.clone(), Fate::NotUnderstood);
            self.owes_apology = true;
        }
    }

    /// What was heard of a person was no turn.
    pub(super) fn drop_turn(&mut self, now: Time, id: &PersonId, overlap: Overlap) {
        let Some(turn) = self.people.get_mut(id).and_then(|person| person.turn.take()) else {
            return;
        };
        let person = id.clone();
        if turn.over.is_some() {
            self.counters.overlap(overlap);
            self.outputs.push_back(Output::OverlapResolved {
                person: person.clone(),
                overlap,
            });
        }
        self.outputs.push_back(Output::TurnTaken { person });
        let is_for_it = self.speech.as_ref().is_some_and(|speech| {
            speech.basis.as_ref().is_some_and(|(whose, _)| whose == id) && !speech.is_audible()
        });
        if is_for_it && !self.waiting.iter().any(|waiting| waiting.person == *id) {
            self.discard(now);
        }
        self.quiet_again(now);
    }
}
