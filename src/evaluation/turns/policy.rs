//! Ways to decide when a turn is over, each with one knob.

use std::time::Duration;

use troupe_dialogue::Tuning;
use troupe_dialogue::endpointing::{Evidence, Weights, delay_at};

use super::Sample;

/// A silence after which a turn is over whatever was heard, for one alone.
const ANY_SILENCE_MAX: f64 = 4.0;
/// When the end-of-turn model alone is asked, s after the last sound.
const ASKED_AFTER_S: f64 = 0.2;
/// Positions of a knob.
const STEPS: u32 = 240;

/// One way to decide.
#[derive(Debug, Clone)]
pub enum Policy {
    /// A fixed silence.
    Silence,
    /// The end-of-turn model once after 0.2 s: complete ends the turn, otherwise a fixed silence does.
    SmartTurn,
    /// The product's fused decision, its patience being the knob; for each sample the weights that were fitted
    /// without its speaker.
    Fused {
        /// Weights, one for each sample.
        weights: Vec<Weights>,
        /// All thresholds but the patience.
        tuning: Box<Tuning>,
        /// From a pause being reported to its evidence being there.
        evidence: Duration,
    },
}

impl Policy {
    /// The values that the knob is turned through, least patient first.
    pub fn knobs(&self) -> Vec<f64> {
        let (low, high) = match self {
            Self::Silence | Self::SmartTurn => (0.0, ANY_SILENCE_MAX),
            Self::Fused { .. } => (-6.0, 14.0),
        };
        (0..=STEPS)
            .map(|step| low + (high - low) * f64::from(step) / f64::from(STEPS))
            .collect()
    }

    /// When the turn is taken for over, s after the last sound; `None` when the ear heard no pause.
    pub fn decides_after_s(&self, knob: f64, index: usize, sample: &Sample) -> Option<f64> {
        match self {
            Self::Silence => sample.decided_after_s(Duration::from_secs_f64(knob), Duration::ZERO),
            Self::SmartTurn => {
                let is_complete = sample.audio_later.is_some_and(|probability| probability >= 0.5);
                let silence = if is_complete {
                    ASKED_AFTER_S
                } else {
                    knob.max(ASKED_AFTER_S)
                };
                sample.decided_after_s(Duration::from_secs_f64(silence), Duration::ZERO)
            }
            Self::Fused {
                weights,
                tuning,
                evidence,
            } => {
                let known = Evidence {
                    audio: sample.audio,
                    words: &sample.words,
                    answers_question: false,
                };
                let tuning = Tuning {
                    patience: knob as f32,
                    ..**tuning
                };
                let log_odds = known.log_odds(weights.get(index)?);
                sample.decided_after_s(delay_at(log_odds, &sample.habits, &tuning), *evidence)
            }
        }
    }
}

/// Weights for each sample, fitted without any sample of its speaker.
pub fn leave_one_speaker_out(samples: &[Sample]) -> Vec<Weights> {
    let mut speakers: Vec<&str> = samples.iter().map(|sample| sample.speaker.as_str()).collect();
    speakers.sort_unstable();
    speakers.dedup();
    let fitted: std::collections::BTreeMap<&str, Weights> = speakers
        .into_iter()
        .map(|left_out| {
            let others = samples.iter().filter(|sample| sample.speaker != left_out);
            (left_out, super::fit::weights(others))
        })
        .collect();
    samples
        .iter()
        .map(|sample| {
            fitted
                .get(sample.speaker.as_str())
                .copied()
                .unwrap_or(Weights::FITTED)
        })
        .collect()
}
