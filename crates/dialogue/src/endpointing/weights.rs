//! How much each piece of evidence weighs.

use std::time::Duration;

use super::Evidence;
use super::words::{Ending, WordCues};

/// Weights of a logistic model of finished turns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Log odds without any other evidence.
    pub base: f32,
    /// For each unit of the audio model's own log odds.
    pub audio: f32,
    /// The words end as a sentence or a question does.
    pub finished: f32,
    /// For each unit of [`length`]: a turn that has just begun seldom ends.
    pub length: f32,
    /// Added to `finished` for a question: whoever asks one waits.
    pub question: f32,
    /// The last words are digits or letters being spelled.
    pub spelling: f32,
    /// A short answer to a character's question.
    pub answer: f32,
    /// Log odds that the audio model would have given on average: used when it was not asked.
    pub audio_unknown: f32,
}

impl Weights {
    /// Fitted by `troupe bench turns DIR`, which prints them, on all of its recordings (docs/tuning.md has
    /// provenance and what was left out). `question`, `spelling` and `answer` are set by hand: the recordings
    /// hold too few of them.
    pub const FITTED: Self = Self {
        base: -2.4,
        audio: 0.47,
        finished: 1.84,
        length: 0.68,
        question: 0.5,
        spelling: -0.8,
        answer: 1.0,
        audio_unknown: 0.14,
    };

    pub(super) fn log_odds(&self, evidence: &Evidence<'_>) -> f32 {
        let cues = WordCues::of(evidence.words);
        let mut sum = self.base + self.audio * evidence.audio.map_or(self.audio_unknown, log_odds);
        sum += self.length * length(evidence.spoken);
        sum += match cues.ending {
            Ending::Question => self.finished + self.question,
            Ending::Sentence => self.finished,
            Ending::Open => 0.0,
        };
        if cues.spells {
            sum += self.spelling;
        }
        if evidence.answers_question && cues.is_short && !cues.hangs && !cues.spells {
            sum += self.answer;
        }
        sum
    }
}

/// Longest turn that is told from a longer one, s.
const SPOKEN_MAX_S: f32 = 8.0;
/// Keeps the shortest words from counting without bounds, s.
const SPOKEN_ADDED_S: f32 = 0.3;

/// The logarithm of how long a turn has lasted, s.
pub fn length(spoken: Duration) -> f32 {
    (spoken.as_secs_f32().min(SPOKEN_MAX_S) + SPOKEN_ADDED_S).ln()
}

/// Log odds of a probability, within ±7; what is no probability says nothing.
pub fn log_odds(probability: f32) -> f32 {
    if probability.is_nan() {
        return 0.0;
    }
    let inside = probability.clamp(0.001, 0.999);
    (inside / (1.0 - inside)).ln()
}
