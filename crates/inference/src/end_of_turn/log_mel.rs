//! What Whisper encoders see of sound: a log-mel spectrogram of a normalised window.

use super::WINDOW_SAMPLES;
use crate::mel::{FRAME_SAMPLES, HOP_SAMPLES, Mel};

/// Mel bands.
pub(super) const MELS: usize = 80;
/// Frames of a window: one each 10 ms.
pub(super) const FRAMES: usize = WINDOW_SAMPLES / HOP_SAMPLES;

/// Added to the variance, so that silence can be normalised.
const VARIANCE_MIN: f32 = 1e-7;
/// Smallest energy of a band.
const ENERGY_MIN: f32 = 1e-10;
/// Quieter than the loudest by more than this, in tens of decibels, counts as this quiet.
const RANGE: f32 = 8.0;

/// The transform, with what it needs each time.
pub(super) struct LogMel {
    mel: Mel,
    /// The window with half a frame mirrored at either end.
    padded: Vec<f32>,
    features: Vec<f32>,
}

impl LogMel {
    pub(super) fn new() -> Self {
        Self {
            mel: Mel::new(MELS),
            padded: vec![0.0; WINDOW_SAMPLES + FRAME_SAMPLES],
            features: vec![0.0; MELS * FRAMES],
        }
    }

    /// The features of the end of `pcm`, frame by frame, each with its bands in order.
    pub(super) fn of(&mut self, pcm: &[f32]) -> &[f32] {
        self.fill(pcm);
        let mut loudest = f32::NEG_INFINITY;
        let frames = self.padded.windows(FRAME_SAMPLES).step_by(HOP_SAMPLES);
        for (out, frame) in self.features.chunks_mut(MELS).zip(frames) {
            for (out, energy) in out.iter_mut().zip(self.mel.energies(frame)) {
                *out = energy.max(ENERGY_MIN).log10();
                loudest = loudest.max(*out);
            }
        }
        for feature in &mut self.features {
            *feature = (feature.max(loudest - RANGE) + 4.0) / 4.0;
        }
        &self.features
    }

    /// Puts the end of `pcm` into the window, with zero mean and unit variance over all of it.
    fn fill(&mut self, pcm: &[f32]) {
        let newest = pcm
            .get(pcm.len().saturating_sub(WINDOW_SAMPLES)..)
            .unwrap_or_default();
        let count = WINDOW_SAMPLES as f64;
        let mean = newest.iter().map(|sample| f64::from(*sample)).sum::<f64>() / count;
        let silent = (WINDOW_SAMPLES - newest.len()) as f64 * mean * mean;
        let spread: f64 = newest
            .iter()
            .map(|sample| (f64::from(*sample) - mean).powi(2))
            .sum();
        let deviation = ((spread + silent) / count + f64::from(VARIANCE_MIN)).sqrt();
        let half = FRAME_SAMPLES / 2;
        let silence = std::iter::repeat_n(0.0, WINDOW_SAMPLES - newest.len());
        let samples = silence.chain(newest.iter().map(|sample| f64::from(*sample)));
        for (out, sample) in self.padded.iter_mut().skip(half).zip(samples) {
            *out = ((sample - mean) / deviation) as f32;
        }
        for at in 0..half {
            self.padded[half - 1 - at] = self.padded[half + 1 + at];
            self.padded[half + WINDOW_SAMPLES + at] = self.padded[half + WINDOW_SAMPLES - 2 - at];
        }
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::super::RATE_HZ;
    use super::*;

    /// Three seconds of a rising tone with gaps, over noise.
    fn sweep() -> Vec<f32> {
        let mut state = 1_u32;
        let sample = |at: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let noise = f64::from(state) / 4_294_967_296.0 - 0.5;
            let t = at as f64 / f64::from(RATE_HZ);
            let tone = 0.3 * (2.0 * PI * (200.0 * t + 400.0 * t * t)).sin();
            (if at % 8000 < 6000 { tone } else { 0.0 } + 0.02 * noise) as f32
        };
        (0..48_000).map(sample).collect()
    }

    #[test]
    fn the_features_are_those_of_the_reference() {
        // Computed once with the reference in numpy that the model's authors publish.
        let expected = [
            (0, 0, -0.166_470_53),
            (0, 499, 0.745_36),
            (0, 500, 1.382_161_7),
            (3, 510, 0.477_645_52),
            (10, 520, 1.637_683_8),
            (20, 560, 0.926_671_1),
            (40, 600, 0.852_813_1),
            (40, 640, 0.515_074_85),
            (60, 700, 0.690_747_4),
            (79, 700, 0.505_269_77),
            (5, 799, 0.451_354_1),
            (30, 799, 0.493_446_53),
            (79, 799, 0.471_855_3),
        ];
        let mut log_mel = LogMel::new();
        let features = log_mel.of(&sweep());
        for (band, frame, value) in expected {
            let actual: f32 = features[frame * MELS + band];
            assert!(
                (actual - value).abs() < 2e-4,
                "{band} {frame}: {actual} instead of {value}"
            );
        }
        let mean = features.iter().sum::<f32>() / features.len() as f32;
        assert!((mean - 0.083_967_53).abs() < 1e-4, "{mean}");
    }

    #[test]
    fn only_the_last_seconds_count() {
        let mut long = vec![0.5; 50_000];
        long.extend(sweep());
        long.extend(vec![0.0; WINDOW_SAMPLES - 48_000]);
        let mut log_mel = LogMel::new();
        let of_long = log_mel.of(&long).to_vec();
        assert_eq!(of_long, log_mel.of(&long[50_000..]));
    }

    #[test]
    fn silence_has_features_too() {
        let mut log_mel = LogMel::new();
        assert!(log_mel.of(&[]).iter().all(|value| value.is_finite()));
    }
}
