//! What time does: turns end, voices interrupt, characters go on, debts are paid.

use super::{Conversation, Owed};
use crate::barge_in::interrupts_at;
use crate::endpointing::{Turn, Words};
use crate::event::Trouble;
use crate::speech::Phase;
use crate::time::Time;

impl Conversation {
    pub(super) fn look_at_the_clock(&mut self, now: Time) {
        if self.interrupted_at().is_some_and(|at| at <= now) {
            self.stop();
        }
        let ended: Vec<_> = self
            .people
            .iter()
            .filter(|(_, turn)| turn.ends_at(&self.tuning).is_some_and(|at| at <= now))
            .filter_map(|(person, turn)| match turn {
                Turn::Paused {
                    words: Words::Known(text),
                    ..
                } => Some((person.clone(), text.clone())),
                _ => None,
            })
            .collect();
        for (person, text) in ended {
            self.end_turn(now, person, text);
        }
        if self.continue_at.is_some_and(|at| at <= now) {
            self.continue_at = None;
            if self.speech.is_none() && self.owed.is_none() && self.floor_is_free() {
                let (speaker, words) = self.last.clone().unzip();
                let next = self
                    .director
                    .goes_on(speaker.as_ref(), words.as_deref().unwrap_or_default());
                if let Some(character) = next {
                    self.generate(character, None, Vec::new());
                    self.release(now);
                }
            }
        }
    }

    pub(super) fn pay_what_is_owed(&mut self, now: Time) {
        if self.speech.is_some() || !self.floor_is_free() {
            return;
        }
        match self.owed.take() {
            Some(Owed::Answer(text)) => self.plan(None, &text),
            Some(Owed::Apology) => {
                if let Some(character) = self.director.answers("") {
                    self.apologise(character, None, Trouble::NotUnderstood);
                }
            }
            Some(Owed::Turn) => self.take_the_floor(),
            None => return,
        }
        self.release(now);
    }

    /// When a voice that is heard now becomes an interruption.
    pub(super) fn interrupted_at(&self) -> Option<Time> {
        let speaking = match self.speech.as_ref()?.phase {
            Phase::Released { since } | Phase::Heard { since } => since,
            Phase::Planned | Phase::Stopping => return None,
        };
        let voices = self.people.values().filter_map(|turn| match turn {
            Turn::Voiced { since } => Some(interrupts_at(*since, speaking, &self.tuning)),
            _ => None,
        });
        voices.min()
    }
}
