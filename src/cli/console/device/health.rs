//! What a stream's callbacks tell of themselves: they may not wait, so it is counters, and one fault at most.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use cpal::ErrorKind;

/// Of one direction; clones tell of the same.
#[derive(Debug, Clone, Default)]
pub(super) struct Health(Arc<Told>);

#[derive(Debug, Default)]
struct Told {
    /// Whether the pump runs; before it nothing is missing, and nobody takes what there is.
    is_counting: AtomicBool,
    /// Callbacks so far.
    calls: AtomicU64,
    /// Callbacks that lacked sound, or room for it.
    gaps: AtomicU64,
    /// Samples of one channel that were missing or lost.
    lost: AtomicU64,
    /// Callbacks up to the last failure that counted, and one more: some systems tell of one a thousand times.
    failed_after: AtomicU64,
    /// Time between the callback and the air, µs.
    delay_us: AtomicU64,
    /// Why the stream is over.
    fault: OnceLock<String>,
    /// The first failure after which it may have gone on.
    hint: OnceLock<String>,
}

impl Health {
    /// From now on gaps count.
    pub(super) fn count(&self) {
        self.0.is_counting.store(true, Ordering::Relaxed);
    }

    /// A callback found no sound, or no room, for `missed` samples of one channel.
    pub(super) fn moved(&self, missed: usize, delay: Duration) {
        let told = &self.0;
        told.calls.fetch_add(1, Ordering::Relaxed);
        let delay_us = u64::try_from(delay.as_micros()).unwrap_or(u64::MAX);
        told.delay_us.store(delay_us, Ordering::Relaxed);
        if missed > 0 {
            self.lost(missed as u64);
        }
    }

    /// The system tells something of the stream.
    pub(super) fn failed(&self, error: &cpal::Error) {
        match error.kind() {
            // The system's own ring ran dry, or over; how long is not told.
            ErrorKind::Xrun => self.broke(),
            // The sound goes on.
            ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied => {
                tracing::debug!(%error, "move sound");
            }
            // The first one says why; what follows from it does not.
            ErrorKind::DeviceNotAvailable
            | ErrorKind::HostUnavailable
            | ErrorKind::PermissionDenied
            | ErrorKind::StreamInvalidated => {
                let _ = self.0.fault.set(error.to_string());
            }
            // PulseAudio's plugin fails so on a busy machine, and may go on. When it does not, whoever counts the
            // callbacks sees it, and this may be why.
            _ => {
                self.broke();
                let _ = self.0.hint.set(error.to_string());
            }
        }
    }

    /// The system had a gap, of unknown length.
    fn broke(&self) {
        let after = self.calls() + 1;
        if self.0.failed_after.swap(after, Ordering::Relaxed) != after {
            self.lost(0);
        }
    }

    fn lost(&self, samples: u64) {
        if self.0.is_counting.load(Ordering::Relaxed) {
            self.0.gaps.fetch_add(1, Ordering::Relaxed);
            self.0.lost.fetch_add(samples, Ordering::Relaxed);
        }
    }

    /// Why the stream is over, if it is.
    pub(super) fn fault(&self) -> Option<&str> {
        self.0.fault.get().map(String::as_str)
    }

    /// What failed first, if anything did.
    pub(super) fn hint(&self) -> Option<&str> {
        self.0.hint.get().map(String::as_str)
    }

    /// Callbacks so far.
    pub(super) fn calls(&self) -> u64 {
        self.0.calls.load(Ordering::Relaxed)
    }

    /// Time between the callback and the air, s.
    pub(super) fn delay_s(&self) -> f64 {
        Duration::from_micros(self.0.delay_us.load(Ordering::Relaxed)).as_secs_f64()
    }

    /// How often sound was missing or lost, and how many samples of one channel.
    pub(super) fn gaps(&self) -> (u64, u64) {
        (
            self.0.gaps.load(Ordering::Relaxed),
            self.0.lost.load(Ordering::Relaxed),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_count_once_the_pump_runs_and_only_what_ends_it_is_a_fault() {
        let health = Health::default();
        health.moved(480, Duration::ZERO);
        assert_eq!(health.gaps(), (0, 0), "nobody listens yet");
        health.count();
        health.moved(0, Duration::from_millis(20));
        health.moved(80, Duration::from_millis(30));
        assert_eq!((health.gaps(), health.calls()), ((1, 80), 3));
        assert!((health.delay_s() - 0.03).abs() < 1e-9);
        health.failed(&ErrorKind::Xrun.into());
        health.failed(&ErrorKind::Xrun.into());
        health.failed(&ErrorKind::DeviceChanged.into());
        assert_eq!(health.gaps(), (2, 80), "told twice, with no callback between");
        health.moved(0, Duration::ZERO);
        health.failed(&cpal::Error::with_message(ErrorKind::BackendError, "busy"));
        assert_eq!((health.gaps(), health.fault()), ((3, 80), None));
        assert!(health.hint().is_some_and(|hint| hint.contains("busy")));
        health.failed(&cpal::Error::with_message(
            ErrorKind::DeviceNotAvailable,
            "unplugged",
        ));
        health.failed(&cpal::Error::with_message(
            ErrorKind::HostUnavailable,
            "no server",
        ));
        assert!(health.fault().is_some_and(|fault| fault.contains("unplugged")));
    }
}
