//! From the core's outputs to events, and the players and providers behind them.

use std::time::Duration;

use troupe_dialogue::{Input, Line, Output, PersonId, Sounding, SpeechId, TakeId};

use super::{Driver, Event};
use crate::player::{Chunk, Playing};
use crate::providers::Outcome;

impl Driver {
    pub(super) fn act(&mut self, output: Output) {
        match output {
            Output::Transcribe { person, take } => self.transcribe(person, take),
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
            Output::Generate { speech, .. } => {
                self.playing.insert(speech, Playing::new(speech));
                self.write(speech);
            }
            Output::Apologise { speech, .. } => {
                self.playing.insert(speech, Playing::new(speech));
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
            | Output::Entry(Line { .. }) => {}
        }
    }

    pub(super) fn later(&mut self, after_ms: u64, event: Event) {
        self.queue.at(self.now_ms + after_ms, event);
    }

    /// Orders arrive in their order, all after the same time.
    fn order(&mut self, event: Event) {
        let after = self.options.player_ms_max;
        self.later(after, event);
    }

    fn transcribe(&mut self, person: PersonId, take: TakeId) {
        let Some(human) = self.humans.iter_mut().find(|human| human.id == person) else {
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
        self.later(after, Event::Transcribed(person, input));
    }

    fn write(&mut self, speech: SpeechId) {
        let outcome = self.options.llm.asked(&mut self.chance);
        let names: Vec<String> = (0..self.cast.len())
            .map(|index| Self::name_of(index).to_owned())
            .collect();
        let text = match outcome {
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
            at += pace_ms * (word.chars().count() as u64 + 1);
            at
        });
        let word_ends_ms: Vec<u64> = ends.collect();
        let total = word_ends_ms.last().copied().unwrap_or(0);
        if playing.chunks.len() == chunk {
            playing.chunks.push(Chunk {
                text,
                ready_ms: 0,
                word_ends_ms,
            });
        }
        let begins = playing.tts_free_ms.max(self.now_ms);
        let (ready, length) = match outcome {
            Outcome::Answers(after) => (begins + after, total),
            Outcome::Fails(after) => (begins + after, 0),
            // A voice that stays behind with half of its sound made, and never comes back.
            Outcome::Hangs | Outcome::Lies(_) => {
                self.queue
                    .at(begins + 50, Event::Made(speech, chunk, total / 2, false));
                playing.tts_free_ms = u64::MAX / 2;
                return;
            }
        };
        playing.tts_free_ms = ready + total / 4;
        if length > 0 {
            self.queue
                .at(ready, Event::Made(speech, chunk, length / 3, false));
        }
        self.queue
            .at(ready + total / 4, Event::Made(speech, chunk, length, true));
    }

    pub(super) fn made(&mut self, speech: SpeechId, chunk: usize, ready_ms: u64, is_complete: bool) {
        let Some(playing) = self.playing.get_mut(&speech) else {
            return;
        };
        let mut ends = None;
        if let Some(sound) = playing.chunks.get_mut(chunk) {
            sound.ready_ms = ready_ms;
            ends = (is_complete && ready_ms > 0).then(|| sound.word_ends_ms.clone());
        }
        playing.complete += usize::from(is_complete);
        self.hand_in(
            Input::ChunkAudio {
                speech,
                chunk,
                duration: Duration::from_millis(ready_ms),
                complete: is_complete,
            },
            None,
        );
        if let Some(ends) = ends.filter(|_| self.options.word_times) {
            let sounding = Sounding::WordEnds(ends.into_iter().map(Duration::from_millis).collect());
            self.hand_in(
                Input::ChunkSounding {
                    speech,
                    chunk,
                    sounding,
                },
                None,
            );
        }
        self.end_if_complete(speech);
        self.update(speech);
    }

    fn end_if_complete(&mut self, speech: SpeechId) {
        if let Some(playing) = self.playing.get_mut(&speech)
            && playing.is_all_asked
            && playing.complete == playing.chunks.len()
        {
            playing.is_ended = true;
        }
        self.update(speech);
    }

    /// Starts or stops a player's sound as things stand.
    pub(super) fn update(&mut self, speech: SpeechId) {
        let now_ms = self.now_ms;
        let Some(playing) = self.playing.get_mut(&speech) else {
            return;
        };
        let dry = playing.update(now_ms);
        let run = playing.run;
        if let Some(dry) = dry {
            let is_first = !std::mem::replace(&mut playing.has_started, true);
            self.checker.sounds(speech);
            self.queue.at(dry, Event::Dry(speech, run));
            if is_first {
                self.hand_in(Input::PlayoutStarted { speech }, None);
            }
            return;
        }
        self.checker.is_silent(speech);
        if self
            .playing
            .get(&speech)
            .is_some_and(|playing| playing.is_finished(now_ms))
        {
            self.finish(speech);
        }
    }

    fn finish(&mut self, speech: SpeechId) {
        let Some(playing) = self.playing.remove(&speech) else {
            return;
        };
        let lines = self.hand_in(Input::PlayoutFinished { speech }, None);
        if playing.has_started {
            let is_exact = self.options.word_times;
            self.checker.heard(
                &playing,
                Duration::MAX,
                lines.first().map(String::as_str),
                is_exact,
            );
        }
    }

    /// A cut takes effect.
    pub(super) fn stopped(&mut self, speech: SpeechId) {
        let heard = self
            .playing
            .get(&speech)
            .map_or(Duration::ZERO, |playing| playing.heard(self.now_ms));
        self.checker.is_silent(speech);
        let playing = self.playing.remove(&speech);
        let lines = self.hand_in(Input::PlayoutStopped { speech, heard }, None);
        if let Some(playing) = playing {
            let all_made = playing.complete == playing.chunks.len();
            let is_exact = self.options.word_times && all_made;
            if is_exact || lines.len() == 1 && all_made {
                self.checker
                    .heard(&playing, heard, lines.first().map(String::as_str), is_exact);
            }
        }
    }
}
