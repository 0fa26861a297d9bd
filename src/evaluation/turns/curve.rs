//! False cut-ins against delay.

use serde::Serialize;

use super::Sample;
use super::policy::Policy;

/// Delay that counts for a turn end which is never noticed, s.
const NEVER_S: f64 = 5.0;

/// One position of a policy's knob.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Point {
    /// The knob.
    pub knob: f64,
    /// Share of pauses within turns that were taken for ends.
    pub false_cut_in: f64,
    /// Mean time from the last sound to the decision, at turn ends, ms.
    pub delay_ms: f64,
}

/// What a policy does with each sample, for each position of its knob: worked out once, counted many times.
pub struct Decisions {
    knobs: Vec<f64>,
    /// Per knob, per sample: cut (1.0) or not for a pause, delay in s for an end.
    outcomes: Vec<Vec<f64>>,
    is_end: Vec<bool>,
}

impl Decisions {
    /// Applies a policy to all samples.
    pub fn of(policy: &Policy, samples: &[Sample]) -> Self {
        let knobs = policy.knobs();
        let outcome = |knob: f64, index: usize, sample: &Sample| {
            let after = policy.decides_after_s(knob, index, sample);
            match (sample.goes_on_after_s, after) {
                (Some(goes_on), Some(after)) if after < goes_on => 1.0,
                (Some(_), _) => 0.0,
                (None, after) => after.unwrap_or(NEVER_S).min(NEVER_S),
            }
        };
        let outcomes = knobs.iter().map(|knob| {
            let each = samples.iter().enumerate();
            each.map(|(index, sample)| outcome(*knob, index, sample))
                .collect()
        });
        Self {
            outcomes: outcomes.collect(),
            is_end: samples.iter().map(Sample::is_end).collect(),
            knobs,
        }
    }

    /// These and the others': for a policy with a second knob.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.knobs.extend(others.knobs);
        self.outcomes.extend(others.outcomes);
        self
    }

    /// The curve, each sample counting as often as `times` says.
    pub fn curve(&self, times: &[u32]) -> Vec<Point> {
        let points = self.knobs.iter().zip(&self.outcomes).map(|(knob, outcomes)| {
            let (mut cuts, mut pauses, mut delay, mut ends) = (0.0, 0.0, 0.0, 0.0);
            for ((outcome, is_end), times) in outcomes.iter().zip(&self.is_end).zip(times) {
                let times = f64::from(*times);
                if *is_end {
                    delay += outcome * times;
                    ends += times;
                } else {
                    cuts += outcome * times;
                    pauses += times;
                }
            }
            Point {
                knob: *knob,
                false_cut_in: if pauses > 0.0 { cuts / pauses } else { 0.0 },
                delay_ms: if ends > 0.0 { delay / ends * 1000.0 } else { 0.0 },
            }
        });
        points.collect()
    }
}

/// Shortest mean delay with at most this share of false cut-ins, ms.
pub fn delay_at(curve: &[Point], false_cut_in_max: f64) -> Option<f64> {
    let good = curve
        .iter()
        .filter(|point| point.false_cut_in <= false_cut_in_max + 1e-9);
    good.map(|point| point.delay_ms).min_by(f64::total_cmp)
}

/// Smallest share of false cut-ins with at most this mean delay.
pub fn cuts_at(curve: &[Point], delay_ms_max: f64) -> Option<f64> {
    let good = curve.iter().filter(|point| point.delay_ms <= delay_ms_max + 1e-9);
    good.map(|point| point.false_cut_in).min_by(f64::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::super::sample::tests::sample;
    use super::*;

    #[test]
    fn a_silence_timeout_cuts_what_is_longer_and_delays_by_itself() {
        let samples = [sample("a", Some(0.5)), sample("a", Some(1.5)), sample("a", None)];
        let curve = Decisions::of(&Policy::Silence, &samples).curve(&[1, 1, 1]);
        let delay = delay_at(&curve, 0.5).unwrap_or(0.0);
        assert!((delay - 500.0).abs() < 20.0, "{delay}");
        assert_eq!(cuts_at(&curve, 1000.0), Some(0.5));
        assert_eq!(cuts_at(&curve, 300.0), Some(1.0));
    }

    #[test]
    fn a_pause_that_was_not_heard_is_not_cut() {
        let mut unheard = sample("a", Some(0.1));
        unheard.heard_after_s = None;
        let model = Policy::SmartTurn {
            complete_after_s: 0.2,
        };
        let curve = Decisions::of(&model, &[unheard]).curve(&[1]);
        assert!(curve.iter().all(|point| point.false_cut_in == 0.0));
    }
}
