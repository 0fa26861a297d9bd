use super::config::{FRAME_SAMPLES, SAMPLES_PER_MS};

/// A deviation from the delay's target up to this is left alone in silence.
pub(crate) const TOLERANCE_SAMPLES: i64 = 4 * SAMPLES_PER_MS;
/// The same in speech: the target moves in steps of 5 ms, and following each of them is heard.
const SPEECH_TOLERANCE_SAMPLES: i64 = 8 * SAMPLES_PER_MS;
/// A correction that began goes on until this is left.
const SETTLED_SAMPLES: i64 = SAMPLES_PER_MS;
/// From this deviation on a pause is shortened or lengthened by whole frames.
pub(crate) const PAUSE_SAMPLES: i64 = 10 * SAMPLES_PER_MS;
/// Deviation for which a frame is squeezed or spread by one more sample: 1.5 % at 60 ms.
const SAMPLES_A_STEP: i64 = 400;
/// The most a frame of speech is squeezed or spread, in samples of its 480: 4 %.
const PACE_MAX: i64 = 19;
/// The least, 0.2 %: faster than any two clocks drift apart.
const PACE_MIN: i64 = 1;

/// Decides how fast to play, so that the delay comes to its target unheard.
#[derive(Debug, Default)]
pub(crate) struct Steer {
    correcting: bool,
}

impl Steer {
    /// How many samples to play within a frame's time, the delay being `deviation` samples above its target.
    pub(crate) fn pace(&mut self, deviation: i64) -> usize {
        let limit = if self.correcting {
            SETTLED_SAMPLES
        } else {
            SPEECH_TOLERANCE_SAMPLES
        };
        self.correcting = deviation.abs() > limit;
        if !self.correcting {
            return FRAME_SAMPLES;
        }
        let pace = (deviation.abs() / SAMPLES_A_STEP).clamp(PACE_MIN, PACE_MAX);
        FRAME_SAMPLES.saturating_add_signed((pace * deviation.signum()) as isize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corrects_from_the_tolerance_until_settled() {
        let mut steer = Steer::default();
        let paces =
            [100, 300, 400, 100, 40, 300, -400, -4000, -9000, 9000].map(|deviation| steer.pace(deviation));
        assert_eq!(paces, [480, 480, 481, 481, 480, 480, 479, 470, 461, 499]);
    }
}
