//! Where in the sound of a chunk something is to be heard, so that what was heard of it is known to the word.

use std::ops::Range;
use std::time::Duration;

use super::VOICE_RATE_HZ;

/// Samples that are looked at at once: 10 ms.
const LOOK_SAMPLES: usize = VOICE_RATE_HZ as usize / 100;
const LOOK: Duration = Duration::from_millis(10);
/// A look is silent when its mean square is smaller than the loudest one's divided by this: 40 dB.
const SILENT_BELOW: f64 = 10_000.0;
/// Mean square below which nothing is to be heard at all: a digital voice is silent to the last bits.
const ENERGY_MIN: f64 = 100.0;

/// Loudness of a chunk as it is made.
#[derive(Debug, Default)]
pub(super) struct Loudness {
    energies: Vec<f64>,
    /// Sum of squares and number of samples of the look that is not whole.
    open: (f64, usize),
}

impl Loudness {
    /// Takes the next sound of the chunk.
    pub(super) fn push(&mut self, pcm: &[i16]) {
        for sample in pcm {
            let (sum, count) = &mut self.open;
            *sum += f64::from(*sample).powi(2);
            *count += 1;
            if *count == LOOK_SAMPLES {
                self.energies.push(*sum / LOOK_SAMPLES as f64);
                self.open = (0.0, 0);
            }
        }
    }

    /// Forgets what lies behind this many samples.
    pub(super) fn truncate(&mut self, samples: usize) {
        self.energies.truncate(samples / LOOK_SAMPLES);
        self.open = (0.0, samples % LOOK_SAMPLES);
    }

    /// Stretches in which something is to be heard, in order.
    pub(super) fn stretches(&self) -> Vec<Range<Duration>> {
        let loudest = self.energies.iter().copied().fold(0.0, f64::max);
        let threshold = (loudest / SILENT_BELOW).max(ENERGY_MIN);
        let mut stretches: Vec<Range<Duration>> = Vec::new();
        let mut at = Duration::ZERO;
        for energy in &self.energies {
            if *energy >= threshold {
                match stretches.last_mut() {
                    Some(last) if last.end == at => last.end = at + LOOK,
                    _ => stretches.push(at..at + LOOK),
                }
            }
            at += LOOK;
        }
        stretches
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sound_is_told_from_silence_in_any_pieces() {
        let mut pcm = vec![0_i16; VOICE_RATE_HZ as usize / 10];
        pcm.extend((0..VOICE_RATE_HZ / 5).map(|at| if at % 50 < 25 { 8000 } else { -8000 }));
        pcm.extend(vec![3; VOICE_RATE_HZ as usize / 10]);
        pcm.extend((0..VOICE_RATE_HZ / 10).map(|at| if at % 50 < 25 { 900 } else { -900 }));
        for piece in [pcm.len(), 480, 7] {
            let mut loudness = Loudness::default();
            pcm.chunks(piece).for_each(|piece| loudness.push(piece));
            let ms = Duration::from_millis;
            assert_eq!(
                loudness.stretches(),
                [ms(100)..ms(300), ms(400)..ms(500)],
                "{piece}"
            );
        }
    }

    #[test]
    fn silence_has_no_stretches() {
        let mut loudness = Loudness::default();
        loudness.push(&[0; 5000]);
        assert_eq!(loudness.stretches(), []);
    }
}
