//! What people say and type when, by habit.

use std::time::Duration;

use troupe_dialogue::{Input, Time};

use super::{Driver, Event, Phase};
use crate::options::Habit;
use crate::people::{Segment, echo};

/// Silence between stretches that the ears do not even notice, ms.
const NOTICED_PAUSE_MS: u64 = 100;

impl Driver {
    pub(super) fn think(&mut self, index: usize) {
        let next = self.humans[index].next_thought_ms(&mut self.chance);
        self.later(next, Event::Think(index));
        let human = &self.humans[index];
        if self.phase != Phase::Safety || !human.is_present || human.busy_until_ms > self.now_ms {
            return;
        }
        let room_speaks =
            self.sounding().is_some() || self.humans.iter().any(|other| other.busy_until_ms > self.now_ms);
        if human.habit == Habit::Typing {
            self.type_something(index, room_speaks);
            return;
        }
        if human.habit == Habit::Echoing
            && let Some(echo) = echo(&self.words_in_the_air(), &mut self.chance)
        {
            self.speak(index, vec![echo]);
            return;
        }
        let names = self.all_names(index);
        if let Some(segments) =
            self.humans[index].says(room_speaks, &mut self.chance, &mut self.words, &names)
        {
            self.speak(index, segments);
        }
    }

    fn type_something(&mut self, index: usize, room_speaks: bool) {
        let is_flood = room_speaks && self.chance.percent(30);
        let count = if is_flood {
            self.chance.within(5, 15)
        } else {
            u64::from(self.chance.percent(40))
        };
        for _ in 0..count {
            let text = self.words.several(3).join(" ");
            let person = self.humans[index].id.clone();
            let session = self.humans[index].session;
            self.later(0, Event::Voice(index, session, Input::Typed { person, text }));
        }
    }

    fn all_names(&self, but: usize) -> Vec<String> {
        let characters = (0..self.cast.len()).map(|index| Self::name_of(index).to_owned());
        let people = self.humans.iter().enumerate().filter(|(index, _)| *index != but);
        characters
            .chain(people.map(|(_, human)| human.name.clone()))
            .collect()
    }

    /// Schedules what a person says, as their ear will report it; answers when they end.
    pub(super) fn speak(&mut self, index: usize, segments: Vec<Segment>) -> u64 {
        let mut at = self.now_ms;
        let (person, session) = (self.humans[index].id.clone(), self.humans[index].session);
        let mut is_on = false;
        let time = |ms| Time::after_start(Duration::from_millis(ms));
        let last = segments.len().saturating_sub(1);
        for (number, segment) in segments.into_iter().enumerate() {
            let noticed = self.chance.within(60, 100);
            if !is_on && segment.voice_ms > noticed {
                let input = Input::VoiceStarted {
                    person: person.clone(),
                    since: time(at),
                };
                self.queue.at(at + noticed, Event::Voice(index, session, input));
                is_on = true;
            }
            let count = segment.words.len() as u64;
            for (word_index, word) in segment.words.into_iter().enumerate() {
                let end = at + segment.voice_ms * (word_index as u64 + 1) / count.max(1);
                self.humans[index].said.push((end, word));
            }
            if self.options.streams_every_ms > 0 && is_on {
                let mut told = at + self.options.streams_every_ms;
                while told < at + segment.voice_ms {
                    self.queue.at(told, Event::Stream(index, session));
                    told += self.options.streams_every_ms;
                }
            }
            at += segment.voice_ms;
            if is_on && (segment.pause_ms > NOTICED_PAUSE_MS || number == last) {
                let input = Input::VoicePaused {
                    person: person.clone(),
                    last_voice: time(at),
                };
                self.queue
                    .at(at + NOTICED_PAUSE_MS, Event::Voice(index, session, input));
                is_on = false;
            }
            at += segment.pause_ms;
        }
        self.humans[index].busy_until_ms = at + NOTICED_PAUSE_MS;
        at
    }
}
