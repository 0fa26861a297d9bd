//! Confidence intervals: speakers are drawn again and again, each with all of their samples.

use serde::Serialize;

use super::Sample;
use super::curve::{Decisions, Point};

/// Draws.
const DRAWS: usize = 1000;
/// Seed of the draws: the same data has the same intervals.
const SEED: u64 = 0x7265_7361_6d70_6c65;

/// A value with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// On the data as it is.
    pub value: Option<f64>,
    /// 2.5 % of draws are lower.
    pub low: Option<f64>,
    /// 2.5 % of draws are higher.
    pub high: Option<f64>,
}

/// How often each sample counts in each draw of speakers.
#[derive(Debug)]
pub struct Draws {
    times: Vec<Vec<u32>>,
    speakers: usize,
}

impl Draws {
    /// Draws as many speakers as there are, with replacement.
    pub fn of(samples: &[Sample]) -> Self {
        let mut speakers: Vec<&str> = samples.iter().map(|sample| sample.speaker.as_str()).collect();
        speakers.sort_unstable();
        speakers.dedup();
        let of_speaker: Vec<usize> = samples
            .iter()
            .map(|sample| speakers.partition_point(|speaker| *speaker < sample.speaker.as_str()))
            .collect();
        let mut state = SEED;
        let draw = |_| {
            let mut times = vec![0_u32; speakers.len()];
            for _ in 0..speakers.len() {
                // Xorshift: plain, and good enough to draw with.
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                let drawn = usize::try_from(state >> 33).unwrap_or(0) % speakers.len();
                times[drawn] += 1;
            }
            of_speaker.iter().map(|speaker| times[*speaker]).collect()
        };
        Self {
            times: (0..DRAWS).map(draw).collect(),
            speakers: speakers.len(),
        }
    }

    /// Speakers that are drawn from.
    pub fn speakers(&self) -> usize {
        self.speakers
    }

    /// The figure alone, where an interval would take long and say little.
    pub fn value(&self, decisions: &Decisions, figure: impl Fn(&[Point]) -> Option<f64>) -> Interval {
        Interval {
            value: figure(&decisions.curve(&self.once())),
            low: None,
            high: None,
        }
    }

    fn once(&self) -> Vec<u32> {
        vec![1; self.times.first().map_or(0, Vec::len)]
    }

    /// Where `figure` lies for a curve drawn anew.
    pub fn interval(&self, decisions: &Decisions, figure: impl Fn(&[Point]) -> Option<f64>) -> Interval {
        let once = self.once();
        let mut values: Vec<f64> = self
            .times
            .iter()
            .filter_map(|times| figure(&decisions.curve(times)))
            .collect();
        values.sort_by(f64::total_cmp);
        let quantile = |share: f64| values.get((values.len() as f64 * share) as usize).copied();
        Interval {
            value: figure(&decisions.curve(&once)),
            low: quantile(0.025),
            high: quantile(0.975),
        }
    }

    /// The same for the ratio of two policies' figures on the same draws.
    pub fn ratio(
        &self,
        (ours, figure): (&Decisions, impl Fn(&[Point]) -> Option<f64>),
        theirs: &[&Decisions],
    ) -> Interval {
        let ratio = |times: &[u32]| {
            let best = theirs
                .iter()
                .filter_map(|theirs| figure(&theirs.curve(times)))
                .min_by(f64::total_cmp)?;
            (best > 0.0).then_some(figure(&ours.curve(times))? / best)
        };
        let once = self.once();
        let mut values: Vec<f64> = self.times.iter().filter_map(|times| ratio(times)).collect();
        values.sort_by(f64::total_cmp);
        let quantile = |share: f64| values.get((values.len() as f64 * share) as usize).copied();
        Interval {
            value: ratio(&once),
            low: quantile(0.025),
            high: quantile(0.975),
        }
    }
}
