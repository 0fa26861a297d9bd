//! What a place sounds like while nobody speaks: loops from a seed, made of noise and knocks.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};

use crate::FULL_SCALE;

/// Length of a loop, s: long enough that nobody waits for the same knock again.
const LOOP_S: usize = 24;
/// How long the end of a loop and its begin sound together, s: the seam is not heard.
const FADE_S: usize = 2;
/// Swells in one loop: a whole number, so that the last ends where the first begins.
const SWELLS: f32 = 3.0;

/// What a place is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ambience {
    /// Above this frequency the noise falls by 6 dB an octave, Hz.
    below_hz: f32,
    /// Below this frequency it does, Hz.
    above_hz: f32,
    /// It swells and ebbs by so much, dB.
    swell_db: f32,
    /// Knocks a second, in the mean: keys, drops.
    knocks_per_s: f32,
    /// Time in which a knock falls to a third, s.
    knock_s: f32,
    /// How loud knocks are beside the noise, as a factor of its amplitude.
    knock_gain: f32,
    /// How loud all of it is, RMS, dB below full scale. A voice is some 20 below; servers take what is quieter than 35
    /// below for no speech.
    level_db: f32,
}

impl Ambience {
    /// A quiet room: hardly there, but a pause is no dead line.
    pub const ROOM_TONE: Self = Self {
        below_hz: 500.0,
        above_hz: 60.0,
        swell_db: 0.5,
        knocks_per_s: 0.0,
        knock_s: 0.0,
        knock_gain: 0.0,
        level_db: -62.0,
    };
    /// A room with ventilation: a server room, a cabin.
    pub const VENTILATION: Self = Self {
        below_hz: 250.0,
        above_hz: 40.0,
        swell_db: 1.5,
        knocks_per_s: 0.0,
        knock_s: 0.0,
        knock_gain: 0.0,
        level_db: -50.0,
    };
    /// An office: ventilation, and keys that are struck.
    pub const OFFICE: Self = Self {
        below_hz: 600.0,
        above_hz: 60.0,
        swell_db: 1.0,
        knocks_per_s: 4.0,
        knock_s: 0.004,
        knock_gain: 6.0,
        level_db: -54.0,
    };
    /// Rain on a window.
    pub const RAIN: Self = Self {
        below_hz: 5_000.0,
        above_hz: 900.0,
        swell_db: 3.0,
        knocks_per_s: 40.0,
        knock_s: 0.002,
        knock_gain: 3.0,
        level_db: -50.0,
    };

    /// One loop of mono PCM at `rate_hz`, 24 s long; played again and again it has no seam.
    pub fn sound(&self, rate_hz: u32, seed: u64) -> Vec<i16> {
        let rate = rate_hz as usize;
        let (whole, fade) = (rate * LOOP_S, rate * FADE_S);
        let noise = self.noise(rate_hz as f32, whole, whole + fade, seed);
        let (first, rest) = noise.split_at(whole);
        let mut looped = first.to_vec();
        for (at, (sample, last)) in looped.iter_mut().zip(rest).enumerate() {
            // Both are noise of their own: with these shares their power stays the same.
            let (coming, going) = (std::f32::consts::FRAC_PI_2 * at as f32 / fade as f32).sin_cos();
            *sample = *sample * coming + last * going;
        }
        let power = looped.iter().map(|sample| sample * sample).sum::<f32>() / whole.max(1) as f32;
        let gain = 10_f32.powf(self.level_db / 20.0) * FULL_SCALE / power.sqrt().max(f32::MIN_POSITIVE);
        // The cast saturates, as clipping should.
        looped
            .iter()
            .map(|sample| (sample * gain).round() as i16)
            .collect()
    }

    /// So many samples, with the swells of a loop of `whole`.
    fn noise(&self, rate: f32, whole: usize, samples: usize, seed: u64) -> Vec<f32> {
        let mut chance = Xoshiro256PlusPlus::seed_from_u64(seed);
        let share = |hz: f32| 1.0 - (-std::f32::consts::TAU * hz / rate).exp();
        let (low, high) = (share(self.below_hz), share(self.above_hz));
        let fall = if self.knock_s > 0.0 {
            (-1.0 / (self.knock_s * rate)).exp()
        } else {
            0.0
        };
        let (mut dull, mut slow, mut knock) = (0.0_f32, 0.0_f32, 0.0_f32);
        let mut next = |at: usize| {
            let white = chance.random_range(-1.0_f32..1.0);
            dull += low * (white - dull);
            slow += high * (dull - slow);
            knock *= fall;
            if chance.random_range(0.0..1.0) < self.knocks_per_s / rate {
                knock = chance.random_range(0.2..1.0);
            }
            let turn = std::f32::consts::TAU * SWELLS * at as f32 / whole as f32;
            let swell = 10_f32.powf(self.swell_db * turn.sin() / 20.0);
            // The filter makes the noise quieter than it was, and a knock is to be heard beside it.
            (dull - slow) * swell + white * knock * self.knock_gain * low.sqrt()
        };
        (0..samples).map(&mut next).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level;

    const RATE_HZ: u32 = 8_000;
    const ALL: [Ambience; 4] = [
        Ambience::ROOM_TONE,
        Ambience::VENTILATION,
        Ambience::OFFICE,
        Ambience::RAIN,
    ];

    #[test]
    fn a_place_is_as_loud_as_it_says_and_the_same_for_the_same_seed() {
        for place in ALL {
            let sound = place.sound(RATE_HZ, 1);
            assert_eq!(sound.len(), RATE_HZ as usize * LOOP_S);
            assert!((level::rms_db(&sound) - place.level_db).abs() < 0.5, "{place:?}");
            assert_eq!(sound, place.sound(RATE_HZ, 1));
            assert_ne!(sound, place.sound(RATE_HZ, 2));
        }
    }

    #[test]
    fn a_place_is_never_silent() {
        for place in ALL {
            let sound = place.sound(RATE_HZ, 1);
            let quietest = sound
                .chunks(RATE_HZ as usize / 5)
                .map(level::rms_db)
                .fold(0.0, f32::min);
            assert!(quietest > place.level_db - 15.0, "{place:?}: {quietest}");
        }
    }

    #[test]
    fn where_a_loop_begins_again_is_not_heard() {
        for place in ALL {
            let sound = place.sound(RATE_HZ, 1);
            let step = |pair: &[i16]| i32::from(pair[1]).abs_diff(i32::from(pair[0]));
            let most = sound.windows(2).map(step).max().unwrap_or(0);
            let seam = [sound.last().copied().unwrap_or(0), sound[0]];
            assert!(step(&seam) <= most, "{place:?}");
            let around = |at: usize| level::rms_db(&sound[at..at + RATE_HZ as usize]);
            assert!(
                (around(0) - around(sound.len() - RATE_HZ as usize)).abs() < 4.0,
                "{place:?}"
            );
        }
    }
}
