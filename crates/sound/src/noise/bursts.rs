//! Knocks: short bursts that die away, at times that chance decides.

use rand::RngExt;

use crate::HEARD_RATE_HZ;

/// Knocks a second, in the mean.
const RATE: f32 = 5.0;
/// Shortest and longest time in which a knock falls to a third, s.
const FALLS_S: (f32, f32) = (0.002, 0.02);

#[derive(Debug, Default)]
pub(super) struct Bursts {
    loud: f32,
    fall: f32,
}

impl Bursts {
    pub(super) fn sample(&mut self, white: f32, chance: &mut impl rand::Rng) -> f32 {
        self.loud *= self.fall;
        if chance.random_range(0.0..1.0) < RATE / HEARD_RATE_HZ as f32 {
            self.loud = chance.random_range(0.3..1.0);
            let falls_s: f32 = chance.random_range(FALLS_S.0..FALLS_S.1);
            self.fall = (-1.0 / (falls_s * HEARD_RATE_HZ as f32)).exp();
        }
        white * self.loud
    }
}
