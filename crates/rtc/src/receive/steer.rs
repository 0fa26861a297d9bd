use super::config::{FRAME_SAMPLES, SAMPLES_PER_MS};

/// A deviation from the delay's target up to this is left alone.
pub(crate) const TOLERANCE_SAMPLES: i64 = 4 * SAMPLES_PER_MS;
/// A correction that began goes on until this is left.
const SETTLED_SAMPLES: i64 = SAMPLES_PER_MS;
/// From this deviation on a pause is shortened or lengthened by whole frames.
pub(crate) const PAUSE_SAMPLES: i64 = 10 * SAMPLES_PER_MS;
/// The most a frame of speech is squeezed or spread, in samples of its 480: 4 %.
const PACE_MAX: i64 = 19;
/// The least, 0.4 %: faster than any two clocks drift apart.
const PACE_MIN: i64 = 2;

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
            TOLERANCE_SAMPLES
        };
        self.correcting = deviation.abs() > limit;
        if !self.correcting {
            return FRAME_SAMPLES;
        }
        let pace = (deviation.abs() / 100).clamp(PACE_MIN, PACE_MAX);
        FRAME_SAMPLES.saturating_add_signed((pace * deviation.signum()) as isize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corrects_from_the_tolerance_until_settled() {
        let mut steer = Steer::default();
        let paces = [100, 200, 100, 40, 100, -200, -5000, 5000].map(|deviation| steer.pace(deviation));
        assert_eq!(paces, [480, 482, 482, 480, 480, 478, 461, 499]);
    }
}
