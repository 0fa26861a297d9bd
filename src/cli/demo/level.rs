//! When sound can be heard: one voice's audio → stretches of sound.

/// A block counts as sound from this mean square on: -45 dB of full scale, above the comfort noise of codecs.
const MEAN_SQUARE_MIN: f64 = 34_000.0;
/// Blocks that are measured as one.
const BLOCK_MS: u64 = 10;
/// Shorter sounds are clicks, not speech.
const SOUND_MIN_MS: u64 = 50;
/// Silence that ends a stretch; the pauses between words are shorter.
const SILENCE_MIN_MS: u64 = 300;

/// A stretch of sound that is going on or is over. Times are ms on the caller's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    /// Its first audible moment.
    pub(super) from_ms: u64,
    /// Its last audible moment so far.
    pub(super) to_ms: u64,
}

/// Follows one voice.
#[derive(Debug, Default)]
pub(super) struct Level {
    stretch: Option<Stretch>,
}

impl Level {
    /// Takes audio that ended at `end_ms`; answers the stretch that it began or prolonged, once that is speech.
    pub(super) fn hear(&mut self, pcm: &[i16], rate_hz: u32, end_ms: u64) -> Option<Stretch> {
        let block = (u64::from(rate_hz) * BLOCK_MS / 1000).max(1) as usize;
        let blocks = pcm.len().div_ceil(block) as u64;
        let mut grown = None;
        for (index, samples) in pcm.chunks(block).enumerate() {
            if !is_sound(samples) {
                continue;
            }
            let to_ms = end_ms.saturating_sub((blocks - 1 - index as u64) * BLOCK_MS);
            let from_ms = to_ms.saturating_sub(BLOCK_MS);
            let stretch = match self.stretch {
                Some(stretch) if from_ms.saturating_sub(stretch.to_ms) < SILENCE_MIN_MS => Stretch {
                    to_ms: to_ms.max(stretch.to_ms),
                    ..stretch
                },
                _ => Stretch { from_ms, to_ms },
            };
            self.stretch = Some(stretch);
            grown = Some(stretch);
        }
        grown.filter(|stretch| stretch.to_ms - stretch.from_ms >= SOUND_MIN_MS)
    }
}

fn is_sound(samples: &[i16]) -> bool {
    let sum: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    sum / samples.len().max(1) as f64 >= MEAN_SQUARE_MIN
}

#[cfg(test)]
mod tests {
    use super::{Level, Stretch};

    const RATE_HZ: u32 = 16_000;

    fn sound(ms: usize) -> Vec<i16> {
        (0..ms * 16)
            .map(|n| if n % 32 < 16 { 4000 } else { -4000 })
            .collect()
    }

    #[test]
    fn sound_is_placed_to_a_block_and_pauses_between_words_do_not_end_it() {
        let mut level = Level::default();
        assert_eq!(level.hear(&vec![0; 1600], RATE_HZ, 100), None);
        let late = [vec![0; 640], sound(60)].concat();
        assert_eq!(
            level.hear(&late, RATE_HZ, 200),
            Some(Stretch {
                from_ms: 140,
                to_ms: 200
            })
        );
        assert_eq!(level.hear(&vec![0; 3200], RATE_HZ, 400), None);
        assert_eq!(
            level.hear(&sound(20), RATE_HZ, 420),
            Some(Stretch {
                from_ms: 140,
                to_ms: 420
            })
        );
        assert_eq!(
            level.hear(&sound(100), RATE_HZ, 900),
            Some(Stretch {
                from_ms: 800,
                to_ms: 900
            })
        );
    }

    #[test]
    fn clicks_are_no_speech() {
        assert_eq!(Level::default().hear(&sound(40), RATE_HZ, 40), None);
    }
}
