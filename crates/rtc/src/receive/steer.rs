use super::config::{FRAME_SAMPLES, SAMPLES_PER_MS};

/// A deviation from the delay's target up to this is left alone in silence.
const TOLERANCE_SAMPLES: i64 = 4 * SAMPLES_PER_MS;
/// The same in speech: the target moves in steps of 5 ms, and following each of them is heard.
const SPEECH_TOLERANCE_SAMPLES: i64 = 8 * SAMPLES_PER_MS;
/// A correction that began goes on until this is left.
const SETTLED_SAMPLES: i64 = SAMPLES_PER_MS;
/// From this deviation on a pause is shortened or lengthened by whole frames.
const PAUSE_SAMPLES: i64 = 10 * SAMPLES_PER_MS;
/// What is due on a network that delays much varies much. A delay that is too long by this part of its target is left
/// alone: a change is heard more, even between two words. One that is too short loses packets.
const TOO_LONG_PART: i64 = 4;
/// The same of one that is too short, in speech alone.
const TOO_SHORT_PART: i64 = 10;
/// Deviation for which a frame is squeezed or spread by one more sample: 1.5 % at 60 ms.
const SAMPLES_A_STEP: i64 = 400;
/// The most a frame of speech is squeezed or spread, in samples of its 480: 4 %.
const PACE_MAX: i64 = 19;
/// The least, 0.2 %: faster than any two clocks drift apart.
const PACE_MIN: i64 = 1;

/// How far a delay is from where it shall be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Deviation {
    /// Above the target, in samples.
    pub(crate) samples: i64,
    /// The target, in samples.
    pub(crate) target: i64,
}

impl Deviation {
    /// Worth a change while nothing is heard.
    pub(crate) fn counts_in_silence(self) -> bool {
        self.exceeds(TOLERANCE_SAMPLES)
    }

    /// Worth a frame more or less in a pause.
    pub(crate) fn counts_in_a_pause(self) -> bool {
        self.exceeds(PAUSE_SAMPLES)
    }

    fn exceeds(self, least: i64) -> bool {
        self.samples > least.max(self.target / TOO_LONG_PART) || self.samples < -least
    }
}

/// Decides how fast to play, so that the delay comes to its target unheard.
#[derive(Debug, Default)]
pub(crate) struct Steer {
    correcting: bool,
}

impl Steer {
    /// How many samples to play within a frame's time.
    pub(crate) fn pace(&mut self, Deviation { samples, target }: Deviation) -> usize {
        let limit = if self.correcting {
            SETTLED_SAMPLES
        } else if samples > 0 {
            SPEECH_TOLERANCE_SAMPLES.max(target / TOO_LONG_PART)
        } else {
            SPEECH_TOLERANCE_SAMPLES.max(target / TOO_SHORT_PART)
        };
        self.correcting = samples.abs() > limit;
        if !self.correcting {
            return FRAME_SAMPLES;
        }
        let pace = (samples.abs() / SAMPLES_A_STEP).clamp(PACE_MIN, PACE_MAX);
        FRAME_SAMPLES.saturating_add_signed((pace * samples.signum()) as isize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corrects_from_the_tolerance_until_settled() {
        let mut steer = Steer::default();
        let deviations = [100, 300, 400, 100, 40, 300, -400, -4000, -9000, 9000];
        let paces = deviations.map(|samples| steer.pace(Deviation { samples, target: 960 }));
        assert_eq!(paces, [480, 480, 481, 481, 480, 480, 479, 470, 461, 499]);
    }

    #[test]
    fn a_long_delay_may_be_off_by_more() {
        let of = |samples| Deviation {
            samples,
            target: 12_000,
        };
        let paces = [2_900, -1_100].map(|samples| Steer::default().pace(of(samples)));
        assert_eq!(paces, [480, 480]);
        let paces = [3_100, -1_300].map(|samples| Steer::default().pace(of(samples)));
        assert_eq!(paces, [487, 477]);
        assert!(!of(2_900).counts_in_silence() && !of(2_900).counts_in_a_pause());
        assert!(of(3_100).counts_in_a_pause());
        assert!(of(-200).counts_in_silence() && of(-500).counts_in_a_pause());
    }
}
