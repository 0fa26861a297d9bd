use super::config::{FRAME_SAMPLES, SAMPLES_PER_MS};
use std::time::Instant;

/// A pull this far off its time sets the playout time anew; less is taken for an uneven timer.
const STALL_SAMPLES: i64 = 100 * SAMPLES_PER_MS;
/// The same while nothing plays and a caller may stop its timer.
const IDLE_STALL_SAMPLES: i64 = 20 * SAMPLES_PER_MS;
/// The part of a timer's deviation followed at each pull.
const FOLLOW: i64 = 32;

/// Turns instants into samples, and uneven pulls into an even playout time.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    epoch: Option<Instant>,
    playout: Option<i64>,
}

impl Clock {
    /// Samples since the first instant seen.
    pub(crate) fn samples(&mut self, now: Instant) -> i64 {
        let epoch = *self.epoch.get_or_insert(now);
        let micros = now.saturating_duration_since(epoch).as_micros();
        i64::try_from(micros * SAMPLES_PER_MS as u128 / 1000).unwrap_or(i64::MAX / 4)
    }

    /// The playout time of the frame pulled `now`, in samples.
    pub(crate) fn pull(&mut self, now: Instant, idle: bool) -> i64 {
        let now = self.samples(now);
        let stall = if idle { IDLE_STALL_SAMPLES } else { STALL_SAMPLES };
        let time = match self.playout {
            Some(planned) if (now - planned).abs() < stall => planned + (now - planned) / FOLLOW,
            _ => now,
        };
        self.playout = Some(time + FRAME_SAMPLES as i64);
        time
    }
}
