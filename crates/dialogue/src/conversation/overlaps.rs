//! Sounds over a speech: pause it, and find out what they were.

use std::time::Duration;

use super::Conversation;
use crate::endpointing::words;
use crate::event::{Output, Overlap};
use crate::fault::Fault;
use crate::id::PersonId;
use crate::overlap::{Circumstances, is_backchannel, is_echo, may_become_echo, resolve};
use crate::speech::{Phase, Speech};
use crate::time::Time;

/// Words that a voice must have brought before it is taken at them without waiting for its pause.
const EARLY_WORDS_MIN: usize = 2;

impl Conversation {
    /// Silences a released speech for now.
    pub(super) fn hold(&mut self, now: Time) {
        if let Some(speech) = &mut self.speech
            && matches!(speech.phase, Phase::Released { .. } | Phase::Heard { .. })
            && speech.held.is_none()
        {
            speech.held = Some(now);
            self.outputs.push_back(Output::Pause { speech: speech.id });
        }
    }

    /// Lets a paused speech go on.
    pub(super) fn resume(&mut self, now: Time) {
        if self.planted.is(Fault::NeverResumes)
            && self.speech.as_ref().is_some_and(|speech| speech.is_audible())
        {
            return;
        }
        if let Some(speech) = &mut self.speech
            && let Some(held) = speech.held.take()
        {
            match &mut speech.phase {
                Phase::Heard { since } => speech.held_for += now.since(held.max(*since)),
                Phase::Released { since } => *since = now,
                Phase::Planned | Phase::Stopping { .. } => return,
            }
            speech.progress = now;
            self.outputs.push_back(Output::Resume { speech: speech.id });
        }
    }

    /// When a paused speech goes on although words are still awaited.
    pub(super) fn false_interruption_at(&self) -> Option<Time> {
        if self.planted.is(Fault::NeverResumes) || self.people.values().any(super::Person::is_speaking) {
            return None;
        }
        let speech = self.speech.as_ref()?;
        let turns = self.people.values().filter_map(|person| person.turn.as_ref());
        let last = turns
            .filter(|turn| turn.over == Some(speech.id))
            .map(|turn| turn.last_voice)
            .max();
        Some(speech.held?.max(last.unwrap_or_default()) + self.tuning_of_listener().false_interruption)
    }

    /// Lets a speech that is heard go on when everything over it has turned out harmless.
    pub(super) fn resume_if_clear(&mut self, now: Time) {
        let Some(speech) = self
            .speech
            .as_ref()
            .filter(|speech| speech.is_audible() && speech.held.is_some())
        else {
            return;
        };
        let is_in_doubt = self.people.values().any(|person| {
            person.is_speaking()
                || person
                    .turn
                    .as_ref()
                    .is_some_and(|turn| turn.over == Some(speech.id))
        });
        if !is_in_doubt {
            self.resume(now);
        }
    }

    /// Decides by the words so far what a turn over a speech is; answers whether it was no turn.
    pub(super) fn look_at_overlap(&mut self, now: Time, id: &PersonId) -> bool {
        let Some(person) = self.people.get(id) else {
            return false;
        };
        let Some(turn) = &person.turn else { return false };
        let (Some(over), Some(words_so_far)) = (turn.over, &turn.words) else {
            return false;
        };
        // Of a turn that began earlier only what is new was said over the speech.
        let before = turn.before_overlap.clone().unwrap_or_default();
        let text = words_so_far
            .strip_prefix(before.as_str())
            .unwrap_or(words_so_far)
            .to_owned();
        let is_heard = person.says_more();
        let overlap = match self.speech.as_ref().filter(|speech| speech.id == over) {
            Some(speech) => {
                let circumstances = Circumstances {
                    spoken: &speech.heard(speech.heard_by(now) + ECHO_AHEAD),
                    before_end_of_question: self.before_end_of_question(now, speech),
                    is_to_a_person: self.director.is_to_a_person(id, &text),
                };
                match resolve(&text, circumstances, &self.tuning) {
                    // A microphone may be a line behind.
                    Overlap::Interruption if self.repeats_last(&text) => Overlap::Echo,
                    overlap => overlap,
                }
            }
            // It is over: a sign of listening at its end still is no turn, unless it asked something.
            None if is_backchannel(&text) && !self.question_is_open() => Overlap::Backchannel,
            None if self.repeats_last(&text) => Overlap::Echo,
            None => Overlap::Interruption,
        };
        let overlap = match overlap {
            Overlap::Backchannel if self.planted.is(Fault::BackchannelYields) => Overlap::Interruption,
            Overlap::Echo if self.planted.is(Fault::EchoSpeaks) => Overlap::Interruption,
            other => other,
        };
        let is_certain = !is_heard
            || overlap == Overlap::Interruption
                && words(&text).count() >= EARLY_WORDS_MIN
                && !self.may_repeat(now, &text);
        if !is_certain {
            return false;
        }
        if overlap == Overlap::Interruption {
            self.was_interrupted(now, id, over);
            return false;
        }
        if let Some(person) = self.people.get_mut(id)
            && overlap == Overlap::Backchannel
        {
            person.backchannels = person.backchannels.saturating_add(1);
        }
        if before.is_empty() {
            self.drop_turn(now, id, overlap);
            return true;
        }
        self.restore_turn(id, overlap);
        true
    }

    /// How long before the end of a question somebody speaks, if there is one that they can have heard.
    fn before_end_of_question(&self, now: Time, speech: &Speech) -> Option<Duration> {
        if speech.was_heard() {
            speech.asks().then(|| speech.left(now))
        } else {
            self.question_is_open().then_some(Duration::ZERO)
        }
    }

    /// Whether words are those of the line that was heard last, coming back late.
    pub(super) fn repeats_last(&self, text: &str) -> bool {
        self.last.as_ref().is_some_and(|(_, line)| is_echo(text, line))
    }

    /// Whether the first words of a voice are those of a line that is heard or was heard last.
    fn may_repeat(&self, now: Time, text: &str) -> bool {
        let speech = self.speech.as_ref();
        speech.is_some_and(|speech| may_become_echo(text, &speech.heard(speech.heard_by(now) + ECHO_AHEAD)))
            || self
                .last
                .as_ref()
                .is_some_and(|(_, line)| may_become_echo(text, line))
    }

    /// What was said over a speech was nothing; the turn stands as it was before.
    fn restore_turn(&mut self, id: &PersonId, overlap: Overlap) {
        let Some(turn) = self.people.get_mut(id).and_then(|person| person.turn.as_mut()) else {
            return;
        };
        turn.restore();
        self.counters.overlap(overlap);
        self.outputs.push_back(Output::OverlapResolved {
            person: id.clone(),
            overlap,
        });
    }

    fn was_interrupted(&mut self, now: Time, id: &PersonId, over: crate::id::SpeechId) {
        if let Some(person) = self.people.get_mut(id) {
            person.backchannels = 0;
            if let Some(turn) = &mut person.turn {
                turn.over = None;
                turn.before_overlap = None;
            }
        }
        if self.speech.as_ref().is_some_and(|speech| speech.id == over) {
            self.counters.overlap(Overlap::Interruption);
            self.outputs.push_back(Output::OverlapResolved {
                person: id.clone(),
                overlap: Overlap::Interruption,
            });
            self.called.clear();
            self.stop(now);
        }
    }
}

/// An echo may be ahead of what is known to have been heard by so much.
const ECHO_AHEAD: Duration = Duration::from_millis(600);
