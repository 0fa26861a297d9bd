//! What the encoder hears: stretches of 1.6 s, as energies in 40 bands every 10 ms.

use crate::mel::{FRAME_SAMPLES, HOP_SAMPLES, Mel};

/// Mel bands. Unlike those of most models their energies are taken as they are, without a logarithm.
pub(super) const MELS: usize = 40;
/// Frames of a stretch: 1.6 s.
pub(super) const FRAMES: usize = 160;
/// Frames between the starts of stretches: 0.77 s, so that each half is heard twice.
const STEP: usize = 77;
/// Share of the last stretch that speech must fill, if it isn't the only one.
const FILLED_MIN: f64 = 0.75;

/// Cuts speech into stretches.
pub(super) struct Stretches {
    mel: Mel,
}

impl Stretches {
    pub(super) fn new() -> Self {
        Self { mel: Mel::new(MELS) }
    }

    /// The stretches of `speech`, each with its [`FRAMES`] one after the other and their [`MELS`] in order; at least
    /// one, filled up with silence.
    pub(super) fn of(&mut self, speech: &[f32]) -> Vec<Vec<f32>> {
        let starts = starts(speech.len());
        let frames = starts.last().map_or(0, |last| last + FRAMES);
        // A frame lies around its time, so that the first and the last one reach beyond the sound.
        let mut padded = vec![0.0; FRAME_SAMPLES / 2];
        padded.extend_from_slice(speech);
        padded.resize(padded.len().max(frames * HOP_SAMPLES + FRAME_SAMPLES), 0.0);
        let mut energies = Vec::with_capacity(frames * MELS);
        for frame in padded.windows(FRAME_SAMPLES).step_by(HOP_SAMPLES).take(frames) {
            energies.extend(self.mel.energies(frame));
        }
        let stretch = |start: &usize| energies.get(start * MELS..(start + FRAMES) * MELS);
        starts.iter().filter_map(stretch).map(<[f32]>::to_vec).collect()
    }
}

/// First frames of the stretches of so many samples: as many as it takes to hear the last of them.
fn starts(samples: usize) -> Vec<usize> {
    let frames = samples / HOP_SAMPLES + 1;
    let count = 1 + frames.saturating_sub(FRAMES).div_ceil(STEP);
    let mut starts: Vec<usize> = (0..count).map(|index| index * STEP).collect();
    let last = starts.last().map_or(0, |last| last * HOP_SAMPLES);
    let filled = samples.saturating_sub(last) as f64 / (FRAMES * HOP_SAMPLES) as f64;
    if starts.len() > 1 && filled < FILLED_MIN {
        starts.pop();
    }
    starts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_overlap_and_a_short_rest_is_left_out() {
        assert_eq!(starts(0), [0]);
        assert_eq!(starts(16_000), [0]);
        assert_eq!(starts(25_600), [0]);
        // A second one would be filled to 69 %, and to 77 %.
        assert_eq!(starts(30_000), [0]);
        assert_eq!(starts(32_000), [0, 77]);
        assert_eq!(starts(160_000).len(), 12);
    }

    #[test]
    fn silence_has_no_energy_and_a_tone_has_it_in_its_band() {
        let mut stretches = Stretches::new();
        let silence = stretches.of(&[]);
        assert_eq!(silence, [vec![0.0; FRAMES * MELS]]);
        let tone: Vec<f32> = (0..32_000)
            .map(|at| (at as f32 * 1000.0 * std::f32::consts::TAU / 16_000.0).sin())
            .collect();
        let heard = stretches.of(&tone);
        assert_eq!(heard.len(), 2);
        let frame = &heard[0][80 * MELS..81 * MELS];
        let loudest = (0..MELS).max_by(|one, other| frame[*one].total_cmp(&frame[*other]));
        // Bands are 1.1 mel apart, and 1 kHz is 15 mel.
        assert_eq!(loudest, Some(13));
    }
}
