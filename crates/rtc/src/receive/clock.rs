use super::config::{FRAME_SAMPLES, SAMPLES_PER_MS};
use std::time::{Duration, Instant};

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

    /// The instant so many samples from the first one seen; `None` before there is one.
    pub(crate) fn instant(&self, samples: i64) -> Option<Instant> {
        let span = Duration::from_micros(samples.unsigned_abs() * 1000 / SAMPLES_PER_MS.unsigned_abs());
        let epoch = self.epoch?;
        if samples < 0 {
            epoch.checked_sub(span)
        } else {
            epoch.checked_add(span)
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn pull(clock: &mut Clock, epoch: Instant, at_ms: u64, idle: bool) -> i64 {
        clock.pull(epoch + Duration::from_millis(at_ms), idle) / SAMPLES_PER_MS
    }

    #[test]
    fn an_uneven_timer_is_evened_out() {
        let (mut clock, epoch) = (Clock::default(), Instant::now());
        let times = [0, 15, 25, 30, 49, 50, 60].map(|at_ms| pull(&mut clock, epoch, at_ms, false));
        assert_eq!(times, [0, 10, 20, 30, 40, 50, 60]);
    }

    #[test]
    fn a_stopped_timer_leaves_no_trace() {
        let (mut clock, epoch) = (Clock::default(), Instant::now());
        pull(&mut clock, epoch, 0, false);
        assert_eq!(pull(&mut clock, epoch, 50, true), 50);
        assert_eq!(pull(&mut clock, epoch, 500, false), 500);
        assert_eq!(pull(&mut clock, epoch, 510, false), 510);
    }
}
