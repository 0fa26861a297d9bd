//! From the core's outputs to events, and the providers behind them.

use std::time::Duration;

use troupe_dialogue::{CharacterId, Input, Output, PersonId, SpeechId, TakeId};

use super::{Driver, Event};
use crate::player::{Chunk, Playing};
use crate::providers::Outcome;
use crate::words::length_of;

impl Driver {
    pub(super) fn act(&mut self, output: Output) {
        match output {
            Output::Transcribe { person, take } => self.transcribe(&person, take),
            Output::JudgeEnd { take, .. } => {
                if self.chance.percent(self.options.judged) {
                    let after = self.chance.within(20, 400);
                    let probability = self.chance.within(0, 100) as f32 / 100.0;
                    self.later(after, Event::In(Input::EndJudged { take, probability }));
                }
            }
            Output::TurnTaken { person } => {
                if let Some(human) = self.humans.iter_mut().find(|human| human.id == person) {
                    human.taken_until_ms = human.asked_until_ms;
                }
            }
            Output::Generate {
                speech, character, ..
            } => self.write(speech, character),
            Output::Apologise {
                speech, character, ..
            } => {
                self.playing.insert(speech, Playing::new(character));
                let delta = format!("{}.", self.words.several(4).join(" "));
                self.later(0, Event::In(Input::ReplyText { speech, delta }));
                self.later(0, Event::In(Input::ReplyDone { speech }));
            }
            Output::Synthesize { speech, chunk, text } => self.synthesize(speech, chunk, text),
            Output::ChunksDone { speech } => {
                if let Some(playing) = self.playing.get_mut(&speech) {
                    playing.is_all_asked = true;
                }
                self.end_if_complete(speech);
            }
            Output::Play { speech } => self.order(Event::Release(speech)),
            Output::Pause { speech } => self.order(Event::Hold(speech)),
            Output::Resume { speech } => self.order(Event::Resume(speech)),
            Output::Stop { speech } => self.order(Event::Stop(speech)),
            Output::Discard { speech } => self.order(Event::Discard(speech)),
            Output::TurnClosed { .. }
            | Output::OverlapResolved { .. }
            | Output::Caption { .. }
            | Output::State { .. }
            | Output::Entry(_) => {}
        }
    }

    /// Orders arrive in their order, all after the same time.
    fn order(&mut self, event: Event) {
        self.later(self.options.order_ms, event);
    }

    fn transcribe(&mut self, person: &PersonId, take: TakeId) {
        let Some(human) = self.humans.iter_mut().find(|human| human.id == *person) else {
            return;
        };
        human.asked_until_ms = self.now_ms;
        let mut text = human.words_until(self.now_ms);
        let outcome = self.options.stt.asked(&mut self.chance);
        let (after, input) = match outcome {
            Outcome::Answers(after) => (after, Input::Transcribed { take, text }),
            Outcome::Lies(after) => {
                // It hears nothing, or words in a noise.
                text = if text.is_empty() {
                    "Thank you for watching.".into()
                } else {
                    String::new()
                };
                (after, Input::Transcribed { take, text })
            }
            Outcome::Fails(after) => (after, Input::TranscriptionFailed { take }),
            Outcome::Hangs => return,
        };
        self.later(after, Event::In(input));
    }

    fn write(&mut self, speech: SpeechId, character: CharacterId) {
        self.playing.insert(speech, Playing::new(character));
        let outcome = self.options.llm.asked(&mut self.chance);
        let names: Vec<String> = (0..self.cast.len())
            .map(|index| Self::name_of(index).to_owned())
            .collect();
        let text = match outcome {
            Outcome::Lies(_) if self.chance.percent(20) => self.words.ramble(&mut self.chance),
            Outcome::Lies(_) => "... !".to_owned(),
            _ => self.words.reply(&mut self.chance, &names),
        };
        let mut after = match outcome {
            Outcome::Answers(after) | Outcome::Lies(after) => after,
            Outcome::Fails(after) => {
                if self.chance.percent(50) {
                    self.later(after, Event::In(Input::ReplyFailed { speech }));
                    return;
                }
                after
            }
            Outcome::Hangs => return,
        };
        let pieces: Vec<String> = text.split_inclusive(' ').map(str::to_owned).collect();
        let broken = matches!(outcome, Outcome::Fails(_)).then_some(pieces.len() / 2);
        for (index, delta) in pieces.into_iter().enumerate() {
            if Some(index) == broken {
                break;
            }
            self.later(after, Event::In(Input::ReplyText { speech, delta }));
            after += self.chance.within(0, 60);
        }
        let end = match broken {
            Some(_) => Input::ReplyFailed { speech },
            None => Input::ReplyDone { speech },
        };
        self.later(after, Event::In(end));
    }

    fn synthesize(&mut self, speech: SpeechId, chunk: usize, text: String) {
        let outcome = self.options.tts.asked(&mut self.chance);
        let pace_ms = self.chance.within(45, 90);
        let Some(playing) = self.playing.get_mut(&speech) else {
            return;
        };
        let mut at = 0;
        let ends = text.split_whitespace().map(|word| {
            at += pace_ms * length_of(word);
            at
        });
        let word_ends_ms: Vec<u64> = ends.collect();
        let total = word_ends_ms.last().copied().unwrap_or(0);
        playing.chunks.push(Chunk {
            text,
            ready_ms: 0,
            is_complete: false,
            word_ends_ms,
        });
        let begins = playing.tts_free_ms.max(self.now_ms);
        let (ready, length) = match outcome {
            Outcome::Answers(after) => (begins + after, total),
            Outcome::Fails(after) => (begins + after, 0),
            // A voice that stays behind with half of its sound made, and never comes back.
            Outcome::Hangs | Outcome::Lies(_) => {
                let half = Event::Made(speech, chunk, total / 2, false);
                self.queue.at(begins + 50, half);
                playing.tts_free_ms = u64::MAX / 2;
                return;
            }
        };
        playing.tts_free_ms = ready + total / 4;
        if length > 0 {
            let first = Event::Made(speech, chunk, length / 3, false);
            self.queue.at(ready, first);
        }
        let all = Event::Made(speech, chunk, length, true);
        self.queue.at(ready + total / 4, all);
    }

    /// Words of what a character says just now, for a microphone that hears it.
    pub(super) fn words_in_the_air(&self) -> Vec<String> {
        let sounding = self.sounding().and_then(|speech| self.playing.get(&speech));
        let heard = sounding.map(|playing| playing.words_heard(self.heard_of(playing), true).words);
        heard.unwrap_or_default()
    }

    fn heard_of(&self, playing: &Playing) -> Duration {
        playing.heard(self.now_ms)
    }
}
