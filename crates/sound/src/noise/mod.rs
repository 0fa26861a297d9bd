//! Noises that follow from a seed.

mod bursts;
mod hum;
mod pink;

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use crate::FULL_SCALE;
use crate::level;
use bursts::Bursts;
use hum::Hum;
use pink::Pink;

/// Voices that make up a babble.
const BABBLERS: usize = 6;

/// What a noise sounds like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Alike at all frequencies: a bad microphone.
    White,
    /// Falling by 3 dB an octave: a room, a fan.
    Pink,
    /// 50 Hz and its harmonics: a bad cable.
    Hum,
    /// Short knocks: a keyboard, cups.
    Clicks,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::White, Self::Pink, Self::Hum, Self::Clicks];

    /// Its name, in small letters.
    pub fn name(self) -> &'static str {
        match self {
            Self::White => "white",
            Self::Pink => "pink",
            Self::Hum => "hum",
            Self::Clicks => "clicks",
        }
    }
}

enum Shape {
    White,
    Pink(Pink),
    Hum(Hum),
    Clicks(Bursts),
}

/// A noise that never ends, at [`crate::HEARD_RATE_HZ`].
pub struct Noise {
    shape: Shape,
    chance: Xoshiro256PlusPlus,
}

impl Noise {
    /// The noise of a seed.
    pub fn new(kind: Kind, seed: u64) -> Self {
        let shape = match kind {
            Kind::White => Shape::White,
            Kind::Pink => Shape::Pink(Pink::default()),
            Kind::Hum => Shape::Hum(Hum::default()),
            Kind::Clicks => Shape::Clicks(Bursts::default()),
        };
        Self {
            shape,
            chance: Xoshiro256PlusPlus::seed_from_u64(seed),
        }
    }

    /// The next sample, mostly within ±1.0.
    pub fn sample(&mut self) -> f32 {
        let white = self.chance.random_range(-1.0_f32..1.0);
        match &mut self.shape {
            Shape::White => white,
            Shape::Pink(pink) => pink.sample(white),
            Shape::Hum(hum) => hum.sample(),
            Shape::Clicks(bursts) => bursts.sample(white, &mut self.chance),
        }
    }

    /// The next samples, with a mean level of `rms` (0.0–1.0 of full scale).
    pub fn take(&mut self, samples: usize, rms: f32) -> Vec<i16> {
        let raw: Vec<f32> = (0..samples).map(|_| self.sample()).collect();
        let power = raw.iter().map(|sample| sample * sample).sum::<f32>() / samples.max(1) as f32;
        let gain = rms * FULL_SCALE / power.sqrt().max(f32::EPSILON);
        // The cast saturates, as clipping should.
        raw.iter().map(|sample| (sample * gain).round() as i16).collect()
    }
}

/// Several people who talk at once somewhere else: `voices` in an order and from places that follow from the seed,
/// each as loud as the others. Nothing without a voice.
pub fn babble(voices: &[&[i16]], samples: usize, seed: u64) -> Vec<i16> {
    let mut chance = Xoshiro256PlusPlus::seed_from_u64(seed);
    let voices: Vec<&[i16]> = voices.iter().copied().filter(|voice| !voice.is_empty()).collect();
    if voices.is_empty() {
        return vec![0; samples];
    }
    let mut babble = vec![0.0_f32; samples];
    for _ in 0..BABBLERS {
        let mut at = 0;
        while at < samples {
            let voice = voices[chance.random_range(0..voices.len())];
            let from = if at == 0 {
                chance.random_range(0..voice.len())
            } else {
                0
            };
            let gain = 10_f32.powf((-30.0 - level::speech_db(voice)) / 20.0);
            let said = &voice[from..];
            for (sum, sample) in babble[at..].iter_mut().zip(said) {
                *sum += f32::from(*sample) * gain;
            }
            at += said.len();
        }
    }
    babble.iter().map(|sample| sample.round() as i16).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_has_one_noise_and_kinds_differ() {
        for kind in Kind::ALL {
            let first = Noise::new(kind, 1).take(8_000, 0.1);
            assert_eq!(first, Noise::new(kind, 1).take(8_000, 0.1), "{kind:?}");
            let level = level::rms_db(&first);
            assert!((level + 20.0).abs() < 1.5, "{kind:?}: {level} dB");
        }
        let white = Noise::new(Kind::White, 1).take(8_000, 0.1);
        assert_ne!(white, Noise::new(Kind::White, 2).take(8_000, 0.1));
        assert_ne!(white, Noise::new(Kind::Pink, 1).take(8_000, 0.1));
    }

    #[test]
    fn a_babble_is_as_long_as_asked_and_needs_voices() {
        let voice: Vec<i16> = (0..5_000).map(|n| ((n % 100) * 50) as i16).collect();
        let heard = babble(&[&voice], 20_000, 3);
        assert_eq!(heard.len(), 20_000);
        assert_eq!(heard, babble(&[&voice], 20_000, 3));
        assert!(level::rms_db(&heard) > -40.0);
        assert_eq!(babble(&[&[]], 4, 3), [0; 4]);
    }
}
