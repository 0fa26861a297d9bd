//! Whose turn it is at the terminal: recordings and piped lines wait for the answer to those before them.

use std::collections::VecDeque;

use super::pump::BLOCK;

/// Silence after an answer until the next turn, s.
const AFTER_ANSWER_S: f64 = 1.5;
/// Longest wait for an answer, s.
const ANSWER_MAX_S: f64 = 20.0;
/// Time until the first recording, s: the characters come in.
const AT_FIRST_S: f64 = 1.0;

/// Where the words come from.
#[derive(Debug)]
enum Source {
    /// A microphone.
    Live,
    /// Recordings that are still to be played, and the place in the one that plays.
    Recorded(VecDeque<Vec<i16>>, usize),
    /// Lines; at a terminal whoever types decides when, and cuts in.
    Typed { is_terminal: bool, is_closed: bool },
}

/// What the person's side is doing.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Phase {
    /// Ready for the next turn from this time on.
    Ready(f64),
    /// Playing a recording.
    Speaking,
    /// Waiting for an answer since this time.
    Waiting(f64),
}

/// See the module. Times are s on the pump's clock.
#[derive(Debug)]
pub(super) struct Turns {
    source: Source,
    phase: Phase,
}

/// What was heard of the characters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answer {
    /// Since when they have been silent after an answer; `None` before one and while they sound.
    pub(super) over_for_s: Option<f64>,
}

impl Turns {
    pub(super) fn live() -> Self {
        Self::of(Source::Live)
    }

    pub(super) fn recorded(recordings: Vec<Vec<i16>>) -> Self {
        Self::of(Source::Recorded(recordings.into(), 0))
    }

    pub(super) fn typed(is_terminal: bool) -> Self {
        Self::of(Source::Typed {
            is_terminal,
            is_closed: false,
        })
    }

    fn of(source: Source) -> Self {
        Self {
            source,
            phase: Phase::Ready(AT_FIRST_S),
        }
    }

    pub(super) fn is_typed(&self) -> bool {
        matches!(self.source, Source::Typed { .. })
    }

    /// Whether the next line may be read.
    pub(super) fn takes_line(&self) -> bool {
        match self.source {
            Source::Typed {
                is_terminal,
                is_closed,
            } => !is_closed && (is_terminal || matches!(self.phase, Phase::Ready(_))),
            _ => false,
        }
    }

    pub(super) fn typed_at(&mut self, now_s: f64) {
        self.phase = Phase::Waiting(now_s);
    }

    pub(super) fn no_more_lines(&mut self) {
        if let Source::Typed { is_closed, .. } = &mut self.source {
            *is_closed = true;
        }
    }

    /// Goes on; answers whether the talk is over.
    pub(super) fn step(&mut self, now_s: f64, answer: Answer) -> bool {
        if let Phase::Waiting(since_s) = self.phase
            && (answer
                .over_for_s
                .is_some_and(|silent_s| silent_s >= AFTER_ANSWER_S)
                || now_s - since_s >= ANSWER_MAX_S)
        {
            self.phase = Phase::Ready(now_s);
        }
        let Phase::Ready(from_s) = self.phase else {
            return false;
        };
        match &self.source {
            Source::Live => false,
            Source::Typed { is_closed, .. } => *is_closed,
            Source::Recorded(recordings, _) => {
                if recordings.is_empty() {
                    return true;
                }
                if now_s >= from_s {
                    self.phase = Phase::Speaking;
                }
                false
            }
        }
    }

    /// Puts the next piece of a recording in the microphone's place; answers whether one is being said.
    pub(super) fn speak(&mut self, pcm: &mut Vec<i16>, now_s: f64) -> bool {
        let Source::Recorded(recordings, place) = &mut self.source else {
            return false;
        };
        let (Phase::Speaking, Some(recording)) = (self.phase, recordings.front()) else {
            return false;
        };
        let piece = recording.get(*place..).unwrap_or_default();
        pcm.clear();
        pcm.extend(piece.iter().take(BLOCK));
        pcm.resize(BLOCK, 0);
        *place += BLOCK;
        if *place >= recording.len() {
            recordings.pop_front();
            *place = 0;
            self.phase = Phase::Waiting(now_s);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Answer = Answer { over_for_s: None };

    #[test]
    fn recordings_wait_for_the_answers_between_them() {
        let mut turns = Turns::recorded(vec![vec![1; BLOCK + 1], vec![2; BLOCK]]);
        let mut pcm = Vec::new();
        assert!(!turns.step(0.5, NOTHING) && !turns.speak(&mut pcm, 0.5));
        assert!(!turns.step(1.0, NOTHING) && turns.speak(&mut pcm, 1.0));
        assert!(turns.speak(&mut pcm, 1.01));
        assert_eq!((pcm.len(), pcm[0], pcm[1]), (BLOCK, 1, 0));
        assert!(!turns.speak(&mut pcm, 1.02));
        let over = |silent_s| Answer {
            over_for_s: Some(silent_s),
        };
        assert!(!turns.step(2.0, over(0.5)) && !turns.speak(&mut pcm, 2.0));
        assert!(!turns.step(3.0, over(1.6)) && turns.speak(&mut pcm, 3.0));
        assert!(!turns.step(3.1, NOTHING));
        assert!(
            turns.step(3.0 + ANSWER_MAX_S, NOTHING),
            "an answer that does not come is not waited for"
        );
    }

    #[test]
    fn piped_lines_wait_and_typed_ones_cut_in() {
        for is_terminal in [false, true] {
            let mut turns = Turns::typed(is_terminal);
            assert!(turns.takes_line());
            turns.typed_at(1.0);
            assert_eq!(turns.takes_line(), is_terminal);
            turns.no_more_lines();
            assert!(!turns.step(2.0, NOTHING));
            assert!(turns.step(
                9.0,
                Answer {
                    over_for_s: Some(1.5)
                }
            ));
        }
    }
}
