//! What the demo does next, decided from what was heard and posted. Pure: times are arguments, in ms.

use std::collections::VecDeque;

use super::level::Stretch;

/// The characters must be in the room after this time.
const JOIN_WITHIN_MS: u64 = 20_000;
/// Somebody must be heard, or an entry be posted, after this time. A local model on a busy machine is slow.
const NEXT_WITHIN_MS: u64 = 60_000;
/// An answer is over after this much silence.
const ANSWER_QUIET_MS: u64 = 700;

/// Who speaks: an index into the cast, or the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Voice {
    /// The person whose speech is recorded.
    Person,
    /// A character, by its place in the cast.
    Character(usize),
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Happened {
    /// A character's audio can be heard from now on.
    Joined(usize),
    /// The recording that was asked for was played to its end.
    RecordingPlayed,
    /// A voice was audible.
    Heard(Voice, Stretch),
    /// An entry was posted.
    Posted(Voice),
    /// Nothing; time went on.
    Nothing,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// Play this recording, by its place in the list.
    Play(usize),
    /// A character took its turn; the silence before it lasted this long.
    Turn { character: usize, first_audio_ms: u64 },
    /// Everything was done.
    Finish,
    /// It can't be done.
    Fail(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Joining,
    Playing(usize),
    /// The recording is over; a character has to answer.
    Answering(usize),
    /// No recording is left; the characters go on.
    Among,
    Over,
}

/// The course of a demo.
#[derive(Debug)]
pub(super) struct Script {
    cast: Vec<bool>,
    recordings: usize,
    turns_wanted: u32,
    phase: Phase,
    turns: u32,
    last_posted: Option<Voice>,
    /// Since the current recording began.
    answer_posted: bool,
    answer_heard: bool,
    floor: Option<Voice>,
    /// The last audible moment of each character, and of the person.
    heard_until_ms: Vec<Option<u64>>,
    person_until_ms: Option<u64>,
    moved_at_ms: u64,
    steps: VecDeque<Step>,
}

impl Script {
    /// A demo with a cast of `characters`, `recordings` turns of the person, and `turns_wanted` turns in all.
    pub(super) fn new(characters: usize, recordings: usize, turns_wanted: u32) -> Self {
        Self {
            cast: vec![false; characters],
            recordings,
            turns_wanted,
            phase: Phase::Joining,
            turns: 0,
            last_posted: None,
            answer_posted: false,
            answer_heard: false,
            floor: None,
            heard_until_ms: vec![None; characters],
            person_until_ms: None,
            moved_at_ms: 0,
            steps: VecDeque::new(),
        }
    }

    /// Turns taken so far: entries, those of one speaker in a row counted once.
    pub(super) fn turns(&self) -> u32 {
        self.turns
    }

    /// Takes what happened at `now_ms`; then drain [`Self::next_step`].
    pub(super) fn happened(&mut self, what: Happened, now_ms: u64) {
        if what != Happened::Nothing {
            self.moved_at_ms = now_ms;
        }
        match what {
            Happened::Joined(character) => {
                if let Some(joined) = self.cast.get_mut(character) {
                    *joined = true;
                }
            }
            Happened::RecordingPlayed => {
                if let Phase::Playing(recording) = self.phase {
                    self.phase = Phase::Answering(recording);
                }
            }
            Happened::Heard(voice, stretch) => self.heard(voice, stretch),
            Happened::Posted(voice) => self.posted(voice),
            Happened::Nothing => {}
        }
        self.advance(now_ms);
    }

    /// What to do next, if anything.
    pub(super) fn next_step(&mut self) -> Option<Step> {
        self.steps.pop_front()
    }

    fn heard(&mut self, voice: Voice, stretch: Stretch) {
        let character = match voice {
            Voice::Person => {
                self.person_until_ms = Some(stretch.to_ms);
                self.floor = Some(Voice::Person);
                // What was said in a pause of the recording answers a part of it only.
                self.answer_heard = false;
                return;
            }
            Voice::Character(character) => character,
        };
        let Some(until_ms) = self.heard_until_ms.get_mut(character) else {
            return;
        };
        let is_new = until_ms.is_none_or(|until_ms| until_ms < stretch.from_ms);
        *until_ms = Some(stretch.to_ms);
        if is_new && self.floor != Some(voice) {
            self.floor = Some(voice);
            let before_ms = self.others_until_ms(character).unwrap_or(stretch.from_ms);
            let first_audio_ms = stretch.from_ms.saturating_sub(before_ms);
            self.steps.push_back(Step::Turn {
                character,
                first_audio_ms,
            });
        }
        let person_until_ms = self.person_until_ms.unwrap_or(0);
        if !matches!(self.phase, Phase::Joining) && stretch.to_ms > person_until_ms {
            self.answer_heard = true;
        }
    }

    fn others_until_ms(&self, character: usize) -> Option<u64> {
        let others = self
            .heard_until_ms
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != character);
        others
            .filter_map(|(_, until_ms)| *until_ms)
            .chain(self.person_until_ms)
            .max()
    }

    fn posted(&mut self, voice: Voice) {
        if self.last_posted != Some(voice) {
            self.turns += 1;
        }
        self.last_posted = Some(voice);
        self.answer_posted = voice != Voice::Person;
    }

    fn advance(&mut self, now_ms: u64) {
        match self.phase {
            Phase::Joining if self.cast.iter().all(|joined| *joined) => self.next_recording(0),
            Phase::Joining if now_ms > JOIN_WITHIN_MS => {
                self.fail(format!(
                    "not all characters joined within {} s",
                    JOIN_WITHIN_MS / 1000
                ));
            }
            Phase::Answering(recording) if self.is_answered(now_ms) => self.next_recording(recording + 1),
            Phase::Among if self.turns >= self.turns_wanted => self.finish(),
            Phase::Answering(recording) if self.is_stuck(now_ms) => self.fail(format!(
                "no character answered turn {} within {} s (heard: {}, in the transcript: {})",
                recording + 1,
                NEXT_WITHIN_MS / 1000,
                self.answer_heard,
                self.answer_posted,
            )),
            Phase::Among if self.is_stuck(now_ms) => self.fail(format!(
                "the characters fell silent for {} s after {} of {} turns",
                NEXT_WITHIN_MS / 1000,
                self.turns,
                self.turns_wanted,
            )),
            _ => {}
        }
    }

    fn is_answered(&self, now_ms: u64) -> bool {
        let quiet_since_ms = self.heard_until_ms.iter().flatten().max().copied().unwrap_or(0);
        self.answer_heard && self.answer_posted && now_ms.saturating_sub(quiet_since_ms) >= ANSWER_QUIET_MS
    }

    fn is_stuck(&self, now_ms: u64) -> bool {
        now_ms.saturating_sub(self.moved_at_ms) > NEXT_WITHIN_MS
    }

    fn next_recording(&mut self, recording: usize) {
        if recording < self.recordings {
            self.answer_posted = false;
            self.answer_heard = false;
            self.phase = Phase::Playing(recording);
            self.steps.push_back(Step::Play(recording));
        } else if self.turns >= self.turns_wanted {
            self.finish();
        } else {
            self.phase = Phase::Among;
        }
    }

    fn finish(&mut self) {
        self.phase = Phase::Over;
        self.steps.push_back(Step::Finish);
    }

    fn fail(&mut self, reason: String) {
        self.phase = Phase::Over;
        self.steps.push_back(Step::Fail(reason));
    }
}

#[cfg(test)]
mod tests;
