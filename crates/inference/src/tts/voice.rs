//! Names of Piper's voices: `joe`, `joe+3`, `joe-2/1.1`.
//!
//! One model gives a whole cast. After the speaker's name comes how many semitones the voice is moved, which
//! moves its timbre too, and after a slash how fast it speaks.

use std::str::FromStr;

use crate::error::InferenceError;

/// The speaker there is.
const SPEAKER: &str = "joe";
/// Further than this a voice no longer sounds human.
const SEMITONES_MAX: f32 = 7.0;
const PACE_MIN: f32 = 0.5;
const PACE_MAX: f32 = 2.0;

/// A voice made from the one speaker.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Voice {
    /// How much higher than the speaker, semitones.
    pub semitones: f32,
    /// How much faster than the speaker; 1.0 is as fast.
    pub pace: f32,
}

impl Default for Voice {
    fn default() -> Self {
        Self {
            semitones: 0.0,
            pace: 1.0,
        }
    }
}

impl Voice {
    /// Factor by which frequencies are multiplied.
    pub(super) fn pitch(&self) -> f64 {
        f64::from(self.semitones / 12.0).exp2()
    }
}

impl FromStr for Voice {
    type Err = InferenceError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let wrong = || InferenceError::Input {
            model: super::piper::NAME,
            detail: format!(
                "voice {name:?} is not {SPEAKER}, with or without semitones from -{SEMITONES_MAX} to \
                 +{SEMITONES_MAX} ({SPEAKER}+3) and a pace from {PACE_MIN} to {PACE_MAX} ({SPEAKER}-2/1.1)"
            ),
        };
        let number = |text: &str| text.parse::<f32>().ok().filter(|number| number.is_finite());
        let rest = name.trim().strip_prefix(SPEAKER).ok_or_else(wrong)?;
        let (shift, pace) = rest
            .split_once('/')
            .map_or((rest, None), |(shift, pace)| (shift, Some(pace)));
        let semitones = match shift {
            "" => 0.0,
            shift if shift.starts_with(['+', '-']) => number(shift).ok_or_else(wrong)?,
            _ => return Err(wrong()),
        };
        let pace = pace.map_or(Some(1.0), number).ok_or_else(wrong)?;
        let fits = semitones.abs() <= SEMITONES_MAX && (PACE_MIN..=PACE_MAX).contains(&pace);
        fits.then_some(Self { semitones, pace }).ok_or_else(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voices_are_named_by_speaker_shift_and_pace() {
        for (name, semitones, pace) in [
            ("joe", 0.0, 1.0),
            ("joe+3", 3.0, 1.0),
            ("joe-2.5/1.1", -2.5, 1.1),
            ("joe/0.9", 0.0, 0.9),
        ] {
            assert_eq!(name.parse(), Ok(Voice { semitones, pace }), "{name}");
        }
    }

    #[test]
    fn other_names_are_refused_with_the_rule() {
        for name in [
            "",
            "jane",
            "joe3",
            "joe+",
            "joe+9",
            "joe/3",
            "joe/",
            "joe+NaN",
            "joe+3/fast",
        ] {
            let error = name
                .parse::<Voice>()
                .err()
                .map(|error| error.to_string())
                .unwrap_or_default();
            assert!(error.contains("joe+3"), "{name}: {error}");
        }
    }
}
