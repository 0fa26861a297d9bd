//! Ways to decide when a turn is over, each with one knob.

use std::collections::BTreeMap;
use std::time::Duration;

use troupe_dialogue::Tuning;
use troupe_dialogue::endpointing::{Weights, delay_at};

use super::{Sample, fit};

/// A silence after which a turn is over whatever was heard, for one alone, s.
const ANY_SILENCE_MAX: f64 = 4.0;
/// When the end-of-turn model alone is asked, s after the last sound.
pub const ASKED_AFTER_S: f64 = 0.2;
/// Patience where doubt costs no silence, log odds, and how much it rises with each second of it: a line through
/// the product's defaults, so that one knob turns both and even clear ends are waited for where cuts must be rare.
const PATIENCE: [f64; 2] = [2.0, 2.0];
/// Longest silence that outweighs one unit of log odds, s.
const DOUBT_MAX: f64 = 1.2;
/// Positions of a knob.
const STEPS: u32 = 240;

/// One way to decide.
#[derive(Debug, Clone)]
pub enum Policy {
    /// A fixed silence, which is the knob.
    Silence,
    /// The end-of-turn model once after 0.2 s: complete ends the turn after so much silence, otherwise a fixed
    /// silence does, which is the knob.
    SmartTurn {
        /// Silence that ends a complete turn, s.
        complete_after_s: f64,
    },
    /// The product's fused decision, `doubt` being the knob with `patience` following it; for each sample the weights
    /// that were fitted without it.
    Fused {
        /// Weights, one for each sample.
        weights: Vec<Weights>,
    },
}

impl Policy {
    /// The values that the knob is turned through, least patient first.
    pub fn knobs(&self) -> Vec<f64> {
        let high = match self {
            Self::Silence | Self::SmartTurn { .. } => ANY_SILENCE_MAX,
            Self::Fused { .. } => DOUBT_MAX,
        };
        (0..=STEPS)
            .map(|step| high * f64::from(step) / f64::from(STEPS))
            .collect()
    }

    /// When the turn is taken for over, s after the last sound; `None` when the ear heard no pause.
    pub fn decides_after_s(&self, knob: f64, index: usize, sample: &Sample) -> Option<f64> {
        match self {
            Self::Silence => sample.decided_after_s(Duration::from_secs_f64(knob), true),
            Self::SmartTurn { complete_after_s } => {
                let is_complete = sample.audio_later.is_some_and(|probability| probability >= 0.5);
                let silence = if is_complete {
                    *complete_after_s
                } else {
                    knob.max(*complete_after_s)
                };
                sample.decided_after_s(Duration::from_secs_f64(silence), true)
            }
            Self::Fused { weights } => {
                let log_odds = sample.evidence().log_odds(weights.get(index)?);
                sample.decided_after_s(delay_at(log_odds, &sample.habits, &tuning(knob)), false)
            }
        }
    }
}

/// The product's thresholds at a position of the knob, s of doubt.
fn tuning(doubt_s: f64) -> Tuning {
    let [least, rise] = PATIENCE;
    Tuning {
        doubt: Duration::from_secs_f64(doubt_s),
        patience: (least + rise * doubt_s) as f32,
        ..Tuning::default()
    }
}

/// Weights for each sample, fitted without any sample of its group: its speaker, say.
pub fn leave_one_out(samples: &[Sample], group: impl Fn(&Sample) -> &str) -> Vec<Weights> {
    let mut fitted: BTreeMap<&str, Weights> = BTreeMap::new();
    for sample in samples {
        let left_out = group(sample);
        fitted.entry(left_out).or_insert_with(|| {
            let others = samples.iter().filter(|sample| group(sample) != left_out);
            fit::weights(others)
        });
    }
    let of = |sample| fitted.get(group(sample)).copied();
    samples
        .iter()
        .map(|sample| of(sample).unwrap_or(Weights::FITTED))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::sample::tests::sample;
    use super::*;

    #[test]
    fn a_speaker_says_nothing_about_their_own_weights() {
        let mut samples = vec![sample("a", None), sample("b", Some(1.0)), sample("c", None)];
        samples.extend([sample("b", Some(0.5)), sample("c", Some(0.5))]);
        let before = leave_one_out(&samples, |sample| &sample.speaker);
        samples[0].audio = Some(0.99);
        samples[0].spoken_s = 9.0;
        let after = leave_one_out(&samples, |sample| &sample.speaker);
        assert_eq!(before[0], after[0]);
        assert_ne!(before[1], after[1], "but about the others'");
    }

    #[test]
    fn the_curve_leads_through_what_is_shipped() {
        let shipped = Tuning::default();
        let there = tuning(shipped.doubt.as_secs_f64());
        assert!((there.patience - shipped.patience).abs() < 1e-5, "{there:?}");
    }

    #[test]
    fn the_model_alone_ends_a_complete_turn_early_and_waits_otherwise() {
        let policy = Policy::SmartTurn {
            complete_after_s: 0.2,
        };
        let mut complete = sample("a", None);
        complete.audio_later = Some(0.9);
        assert_eq!(policy.decides_after_s(1.5, 0, &complete), Some(0.2));
        assert_eq!(policy.decides_after_s(1.5, 0, &sample("a", None)), Some(1.5));
    }
}
