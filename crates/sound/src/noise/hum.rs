//! The mains.

use std::f32::consts::TAU;

use crate::HEARD_RATE_HZ;

/// The mains' frequency, Hz.
const MAINS_HZ: f32 = 50.0;
/// How loud each harmonic is beside the first.
const HARMONICS: [f32; 9] = [1.0, 0.35, 0.7, 0.2, 0.45, 0.1, 0.3, 0.08, 0.2];

#[derive(Debug, Default)]
pub(super) struct Hum {
    phase: f32,
}

impl Hum {
    pub(super) fn sample(&mut self) -> f32 {
        self.phase = (self.phase + MAINS_HZ / HEARD_RATE_HZ as f32).fract();
        let sum: f32 = (1_u8..)
            .zip(HARMONICS)
            .map(|(number, share)| share * (TAU * f32::from(number) * self.phase).sin())
            .sum();
        sum * 0.4
    }
}
