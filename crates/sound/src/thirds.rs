//! From 16 to 48 kHz and back: the suppressor works at 48 kHz alone.
//!
//! A short symmetrical filter instead of the blocks of a transform: each way takes 1 ms.

/// How many samples of 48 kHz one of 16 kHz is.
const TIMES: usize = 3;
/// Coefficients of the filter at 48 kHz; odd, so that its delay is whole.
const TAPS: usize = 97;
/// Samples of 16 kHz that each way takes: half of the filter.
pub(crate) const DELAY_SAMPLES: usize = (TAPS - 1) / 2 / TIMES;
/// Where the filter begins to cut, as a part of 48 kHz: 7.6 kHz, so that nothing of it folds below 7 kHz.
const CUTOFF: f64 = 7_600.0 / 48_000.0;

fn filter() -> Vec<f32> {
    let middle = (TAPS - 1) as f64 / 2.0;
    let coefficients: Vec<f64> = (0..TAPS)
        .map(|tap| {
            let from = tap as f64 - middle;
            let phase = std::f64::consts::TAU * tap as f64 / (TAPS - 1) as f64;
            let blackman = 0.42 - 0.5 * phase.cos() + 0.08 * (2.0 * phase).cos();
            let sinc = if from == 0.0 {
                2.0 * CUTOFF
            } else {
                (std::f64::consts::TAU * CUTOFF * from).sin() / (std::f64::consts::PI * from)
            };
            sinc * blackman
        })
        .collect();
    let sum: f64 = coefficients.iter().sum();
    coefficients.iter().map(|tap| (tap / sum) as f32).collect()
}

/// 16 kHz → 48 kHz.
pub(crate) struct Up {
    /// One for each of the three samples that come of one: what falls between is known to be zero.
    phases: [Vec<f32>; TIMES],
    /// The newest samples, oldest first.
    past: Vec<f32>,
}

impl Up {
    pub(crate) fn new() -> Self {
        let filter = filter();
        let phase = |first: usize| {
            let every = filter.iter().skip(first).step_by(TIMES);
            every.rev().map(|tap| tap * TIMES as f32).collect()
        };
        Self {
            phases: [phase(0), phase(1), phase(2)],
            past: vec![0.0; TAPS.div_ceil(TIMES) - 1],
        }
    }

    /// Three samples for each.
    pub(crate) fn push(&mut self, pcm: &[f32], out: &mut Vec<f32>) {
        let kept = self.past.len();
        self.past.extend_from_slice(pcm);
        for end in kept + 1..=self.past.len() {
            for phase in &self.phases {
                out.push(product(&self.past[end - phase.len()..end], phase));
            }
        }
        self.past.drain(..pcm.len());
    }
}

/// 48 kHz → 16 kHz.
pub(crate) struct Down {
    filter: Vec<f32>,
    past: Vec<f32>,
}

impl Down {
    pub(crate) fn new() -> Self {
        Self {
            filter: filter(),
            past: vec![0.0; TAPS - 1],
        }
    }

    /// One sample for each three; `pcm` holds a multiple of them.
    pub(crate) fn push(&mut self, pcm: &[f32], out: &mut Vec<f32>) {
        let kept = self.past.len();
        self.past.extend_from_slice(pcm);
        // The filter is symmetrical, so its direction doesn't matter.
        for end in (kept + 1..=self.past.len()).step_by(TIMES) {
            out.push(product(&self.past[end - TAPS..end], &self.filter));
        }
        self.past.drain(..pcm.len());
    }
}

fn product(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back(pcm: &[f32]) -> Vec<f32> {
        let (mut up, mut down) = (Up::new(), Down::new());
        let mut back = Vec::new();
        for block in pcm.chunks(160) {
            let mut fast = Vec::new();
            up.push(block, &mut fast);
            assert_eq!(fast.len(), block.len() * TIMES);
            down.push(&fast, &mut back);
        }
        back
    }

    #[test]
    fn a_tone_comes_back_two_milliseconds_later() {
        for hz in [100.0, 1_000.0, 4_000.0, 6_500.0] {
            let tone: Vec<f32> = (0..4_000)
                .map(|n| (n as f32 * hz * std::f32::consts::TAU / 16_000.0).sin())
                .collect();
            let back = there_and_back(&tone);
            assert_eq!(back.len(), tone.len());
            let late = 2 * DELAY_SAMPLES;
            let worst = back[500..].iter().zip(&tone[500 - late..]);
            let worst = worst.map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst < 0.03, "{hz} Hz is off by {worst}");
        }
    }
}
