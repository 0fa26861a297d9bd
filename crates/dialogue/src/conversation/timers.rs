//! What time does. Every timer follows from the state, so none can be forgotten or ring twice: what a timer
//! does must end the state that it came from.

use super::Conversation;
use crate::event::Wake;
use crate::fault::Fault;
use crate::id::PersonId;
use crate::overlap::pauses_at;
use crate::speech::Phase;
use crate::time::Time;

/// One timer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Timer {
    pub(super) at: Time,
    pub(super) wake: Wake,
    /// Whom it concerns, if a person.
    pub(super) person: Option<PersonId>,
}

impl Conversation {
    /// The next timer; among those of one moment the first by name.
    pub(super) fn next_timer(&self) -> Option<Timer> {
        let mut next: Option<Timer> = None;
        let mut offer = |at: Option<Time>, wake: Wake, person: Option<&PersonId>| {
            if let Some(at) = at
                && next.as_ref().is_none_or(|next| (at, wake) < (next.at, next.wake))
            {
                let person = person.cloned();
                next = Some(Timer { at, wake, person });
            }
        };
        self.offer_people(&mut offer);
        self.offer_speech(&mut offer);
        offer(self.continue_at, Wake::Continuation, None);
        offer(self.reopen_at, Wake::Reopen, None);
        next
    }

    fn offer_people(&self, offer: &mut impl FnMut(Option<Time>, Wake, Option<&PersonId>)) {
        let tuning = self.tuning_of_listener();
        let answers_question = self.question_is_open();
        for (id, person) in &self.people {
            let who = Some(id);
            offer(person.ends_at(answers_question, &tuning), Wake::EndOfTurn, who);
            let Some(turn) = &person.turn else { continue };
            let is_waited_for = turn.over.is_some() || !self.waiting.is_empty();
            offer(person.probe_at(is_waited_for, &tuning), Wake::Probe, who);
            if person.voice.is_none() {
                offer(turn.take_at, Wake::TakeLater, who);
            }
            offer(turn.ended.map(|at| at + tuning.merge_window), Wake::Settle, who);
            if !self.planted.is(Fault::NoWordsDeadline) {
                let asked = turn.take.map(|take| take.asked + tuning.words_deadline);
                offer(asked, Wake::WordsOverdue, who);
            }
        }
    }

    fn offer_speech(&self, offer: &mut impl FnMut(Option<Time>, Wake, Option<&PersonId>)) {
        let Some(speech) = &self.speech else { return };
        let tuning = self.tuning_of(Some(&speech.character));
        match speech.phase {
            Phase::Planned => offer(self.doubt_at(), Wake::PlanDoubt, None),
            Phase::Released { since } => {
                offer(self.doubt_at(), Wake::PlanDoubt, None);
                if speech.held.is_none() && !self.planted.is(Fault::NoReplyDeadline) {
                    offer(Some(since + tuning.reply_deadline), Wake::ReplyOverdue, None);
                }
            }
            Phase::Heard { since } => {
                if speech.held.is_some() {
                    offer(self.false_interruption_at(), Wake::FalseInterruption, None);
                    return;
                }
                for person in self.people.values() {
                    let overlaps = person
                        .turn
                        .as_ref()
                        .is_some_and(|turn| turn.over == Some(speech.id));
                    let at = person
                        .speaking_since()
                        .filter(|_| overlaps)
                        .map(|voice| pauses_at(voice, since, person.backchannels, &tuning));
                    let late = self
                        .planted
                        .is(Fault::PausesLate)
                        .then_some(std::time::Duration::from_secs(3));
                    offer(
                        at.map(|at| at + late.unwrap_or_default()),
                        Wake::OverlapPause,
                        None,
                    );
                }
                let sound_ends = since + speech.held_for + speech.audio_made();
                let stalled = speech.progress.max(sound_ends) + tuning.stall_deadline;
                offer(Some(stalled), Wake::PlayoutStalled, None);
            }
            Phase::Stopping { since } => {
                offer(Some(since + tuning.stop_deadline), Wake::StopOverdue, None);
            }
        }
    }

    /// When a voice has lasted long enough to give up what nobody heard yet.
    fn doubt_at(&self) -> Option<Time> {
        let since = self
            .people
            .values()
            .filter_map(super::Person::speaking_since)
            .min()?;
        Some(since + self.tuning_of_listener().plan_doubt)
    }

    /// Does what the next timer is for, if its time has come; answers whether it had.
    pub(super) fn ring_next(&mut self, now: Time) -> bool {
        let Some(timer) = self.next_timer().filter(|timer| timer.at <= now) else {
            return false;
        };
        match (timer.wake, timer.person) {
            (Wake::EndOfTurn, Some(person)) => self.end_turn(now, &person),
            (Wake::Probe, Some(person)) => self.probe(now, &person),
            (Wake::TakeLater, Some(person)) => self.ask_take(now, &person),
            (Wake::Settle, Some(person)) => {
                self.settle(&person);
                if self.planted.is(Fault::EntryTwice) {
                    self.enter_again();
                }
            }
            (Wake::WordsOverdue, Some(person)) => self.words_overdue(now, &person),
            (Wake::OverlapPause, _) => self.hold(now),
            (Wake::FalseInterruption, _) => self.resume(now),
            (Wake::PlanDoubt, _) => self.discard(now),
            (Wake::Continuation, _) => self.go_on(now),
            (Wake::Reopen, _) => self.reopen(now),
            (Wake::ReplyOverdue, _) => self.reply_overdue(now),
            (Wake::PlayoutStalled, _) => {
                self.counters.overdue += 1;
                self.stop(now);
            }
            (Wake::StopOverdue, _) => self.stop_overdue(now),
            (Wake::EndOfTurn | Wake::Probe | Wake::TakeLater | Wake::Settle | Wake::WordsOverdue, None) => {}
        }
        true
    }
}
