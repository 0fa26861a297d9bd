//! Brings quiet and loud speakers to one level, slowly, and never into clipping.

use crate::level::{decibels, power};
use crate::{FULL_SCALE, HEARD_RATE_HZ};

/// Samples of one look: 10 ms.
const LOOK_SAMPLES: usize = HEARD_RATE_HZ as usize / 100;
/// Where speech is brought to, dB of full scale.
const TARGET_DB: f32 = -23.0;
/// Most that is added, dB; more would only bring up noise.
const LOUDER_DB_MAX: f32 = 30.0;
/// Most that is taken away, dB.
const QUIETER_DB_MAX: f32 = 12.0;
/// Steps of gain in one look, dB: 12 dB/s up, 30 dB/s down.
const UP_DB: f32 = 0.12;
const DOWN_DB: f32 = 0.3;
/// A look so much above the floor is speech, dB.
const ABOVE_FLOOR_DB: f32 = 9.0;
/// Below this nothing is speech, dB of full scale.
const SPEECH_DB_MIN: f32 = -75.0;
/// How fast the floor rises to what is heard, dB a look; it falls at once.
const FLOOR_RISE_DB: f32 = 0.02;
/// How much of the level of speech its newest look is: it is known after half a second.
const NEWEST: f32 = 0.03;
/// Highest sample that is let through, as a part of full scale.
const PEAK_MAX: f32 = 0.9;

/// One stream at [`HEARD_RATE_HZ`]. It adds no delay.
#[derive(Debug)]
pub struct GainControl {
    floor_db: f32,
    speech_power: Option<f32>,
    gain_db: f32,
}

impl Default for GainControl {
    fn default() -> Self {
        Self {
            floor_db: -60.0,
            speech_power: None,
            gain_db: 0.0,
        }
    }
}

impl GainControl {
    /// Changes samples in place; a piece of at most 10 ms has one gain.
    pub fn apply(&mut self, pcm: &mut [i16]) {
        for look in pcm.chunks_mut(LOOK_SAMPLES) {
            self.hear(look);
            let peak = look.iter().map(|sample| sample.unsigned_abs()).max().unwrap_or(0);
            let safe = PEAK_MAX * FULL_SCALE / f32::from(peak.max(1));
            let gain = 10_f32.powf(self.gain_db / 20.0).min(safe.max(1.0));
            for sample in look {
                *sample = (f32::from(*sample) * gain).round() as i16;
            }
        }
    }

    fn hear(&mut self, look: &[i16]) {
        let power = power(look);
        let heard_db = decibels(power);
        self.floor_db = heard_db.min(self.floor_db + FLOOR_RISE_DB);
        if heard_db >= (self.floor_db + ABOVE_FLOOR_DB).max(SPEECH_DB_MIN) {
            let known = self.speech_power.unwrap_or(power);
            self.speech_power = Some(known + NEWEST * (power - known));
        }
        let Some(speech) = self.speech_power else { return };
        let wanted = (TARGET_DB - decibels(speech)).clamp(-QUIETER_DB_MAX, LOUDER_DB_MAX);
        self.gain_db = wanted.clamp(self.gain_db - DOWN_DB, self.gain_db + UP_DB);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level;

    /// Syllables of a quarter second with pauses between.
    fn speech(db: f32, seconds: usize) -> Vec<i16> {
        let peak = 10_f32.powf(db / 20.0) * 1.414 * 32_768.0;
        (0..seconds * 16_000)
            .map(|n| {
                let says = n % 8_000 < 4_000;
                ((n as f32 * 0.2).sin() * if says { peak } else { peak * 0.001 }) as i16
            })
            .collect()
    }

    #[test]
    fn quiet_and_loud_speech_end_at_one_level_without_clipping() {
        for db in [-50.0, -40.0, -23.0, -12.0] {
            let mut pcm = speech(db, 8);
            GainControl::default().apply(&mut pcm);
            let end = level::speech_db(&pcm[6 * 16_000..]);
            assert!((end - TARGET_DB).abs() < 2.5, "{db} became {end} dB");
            assert!(pcm.iter().all(|sample| sample.unsigned_abs() < 32_000));
        }
    }

    #[test]
    fn steady_noise_is_not_brought_up() {
        let mut pcm = crate::noise::Noise::new(crate::noise::Kind::Pink, 1).take(10 * 16_000, 0.001);
        let before = level::rms_db(&pcm);
        GainControl::default().apply(&mut pcm);
        assert!(level::rms_db(&pcm) < before + 3.0);
    }

    #[test]
    fn a_shout_after_whispers_does_not_clip() {
        let mut pcm = speech(-50.0, 5);
        pcm.extend(speech(-6.0, 1));
        GainControl::default().apply(&mut pcm);
        assert!(pcm.iter().all(|sample| sample.unsigned_abs() < 32_000));
    }
}
