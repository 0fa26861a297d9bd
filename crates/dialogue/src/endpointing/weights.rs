//! How much each piece of evidence weighs.

use super::words::{Ending, WordCues};

/// Weights of a logistic model of finished turns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// Log odds without any other evidence.
    pub base: f32,
    /// For each unit of the audio model's own log odds.
    pub audio: f32,
    /// The words end in a question mark.
    pub question: f32,
    /// The words end as a sentence does.
    pub sentence: f32,
    /// The last word wants another: "and", "the", "um".
    pub hanging: f32,
    /// The last words are digits or letters being spelled.
    pub spelling: f32,
    /// A short answer to a character's question.
    pub answer: f32,
    /// Log odds that the audio model would have given on average: used when it was not asked.
    pub audio_unknown: f32,
}

impl Weights {
    /// Fitted by `troupe bench turns --fit` on its recordings (docs/tuning.md has provenance and intervals).
    /// `spelling` and `answer` are set by hand: the recordings hold too few of either.
    pub const FITTED: Self = Self {
        base: -1.25,
        audio: 0.39,
        question: 1.62,
        sentence: 1.36,
        hanging: -0.4,
        spelling: -0.8,
        answer: 1.0,
        audio_unknown: 0.0,
    };

    pub(super) fn log_odds(&self, audio: Option<f32>, cues: &WordCues, answers_question: bool) -> f32 {
        let mut sum = self.base + self.audio * audio.map_or(self.audio_unknown, log_odds);
        sum += match cues.ending {
            Ending::Question => self.question,
            Ending::Sentence => self.sentence,
            Ending::Open => 0.0,
        };
        if cues.hangs {
            sum += self.hanging;
        }
        if cues.spells {
            sum += self.spelling;
        }
        if answers_question && cues.is_short && !cues.hangs && !cues.spells {
            sum += self.answer;
        }
        sum
    }
}

/// Log odds of a probability, within ±7; what is no probability says nothing.
pub(super) fn log_odds(probability: f32) -> f32 {
    if probability.is_nan() {
        return 0.0;
    }
    let inside = probability.clamp(0.001, 0.999);
    (inside / (1.0 - inside)).ln()
}
