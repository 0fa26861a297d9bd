//! What makes speech hard to hear, at a strength.

use troupe_sound::level;
use troupe_sound::noise::{self, Kind, Noise};

use super::Speech;
use crate::ear::TRACK_RATE_HZ;

/// Length of a noise before it begins anew, s.
const NOISE_S: usize = 40;
/// A level for noise alone: below speech of this, dB of full scale.
const SPEECH_DB: f32 = -26.0;
/// Level at which noises are made before they are mixed, of full scale.
const MADE_RMS: f32 = 0.1;

/// Something that makes speech hard to hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disturbance {
    /// A noise over it; the strength is how much louder speech is, dB.
    Noise(Kind),
    /// Other people, as loud as each other; likewise.
    Babble,
    /// A quiet speaker; the strength is how much quieter, dB.
    Quiet,
}

impl Disturbance {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Noise(Kind::White),
        Self::Noise(Kind::Pink),
        Self::Noise(Kind::Hum),
        Self::Noise(Kind::Clicks),
        Self::Babble,
        Self::Quiet,
    ];

    /// Its name, in small letters.
    pub fn name(self) -> &'static str {
        match self {
            Self::Noise(kind) => kind.name(),
            Self::Babble => "babble",
            Self::Quiet => "quiet",
        }
    }

    /// What its strengths are.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Noise(_) | Self::Babble => "speech above noise, dB",
            Self::Quiet => "quieter, dB",
        }
    }

    /// The strengths that are measured, easiest to hear first.
    pub fn strengths(self) -> &'static [u8] {
        match self {
            Self::Noise(_) | Self::Babble => &[20, 15, 10, 5, 0],
            Self::Quiet => &[0, 20, 30, 40],
        }
    }

    /// Its sound without speech; of a quiet speaker there is none.
    pub(super) fn made(self, clips: &[Speech], seed: u64) -> Option<Vec<i16>> {
        let samples = NOISE_S * TRACK_RATE_HZ as usize;
        match self {
            Self::Noise(kind) => Some(Noise::new(kind, seed).take(samples, MADE_RMS)),
            Self::Babble => {
                let voices: Vec<&[i16]> = clips.iter().map(|clip| clip.pcm.as_slice()).collect();
                Some(noise::babble(&voices, samples, seed))
            }
            Self::Quiet => None,
        }
    }

    /// Speech so disturbed, `level_db` being the level of what is said in it.
    pub(super) fn over(self, pcm: &[i16], level_db: f32, made: Option<&[i16]>, strength: u8) -> Vec<i16> {
        let strength = f32::from(strength);
        match made {
            Some(noise) => level::mix(pcm, level_db, noise, strength),
            None => level::scaled(pcm, -strength),
        }
    }

    /// The noise alone, as loud as under speech of the usual level.
    pub(super) fn alone(made: &[i16], strength: u8) -> Vec<i16> {
        level::mix(&vec![0; made.len()], SPEECH_DB, made, f32::from(strength))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_name_and_strengths_and_noise_has_a_sound() {
        let clip = Speech {
            pcm: (0..16_000).map(|n| ((n % 80) * 100) as i16).collect(),
            said: "mm".into(),
        };
        for disturbance in Disturbance::ALL {
            let made = disturbance.made(std::slice::from_ref(&clip), 1);
            assert_eq!(made.is_none(), disturbance == Disturbance::Quiet);
            let strength = disturbance.strengths().last().copied().unwrap_or(0);
            let heard = disturbance.over(&clip.pcm, level::speech_db(&clip.pcm), made.as_deref(), strength);
            assert_eq!(heard.len(), clip.pcm.len());
            assert_ne!(heard, clip.pcm, "{}", disturbance.name());
        }
    }
}
