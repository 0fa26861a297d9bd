//! How long to wait before trying again.

use std::time::Duration;

/// The first wait, where nothing else is said.
const FIRST: Duration = Duration::from_millis(100);
/// The longest wait likewise.
const LONGEST: Duration = Duration::from_secs(5);

/// Doubles from one wait to another, spread by chance so that many do not come at once.
#[derive(Debug)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    failures: u32,
}

/// From 100 ms to 5 s.
impl Default for Backoff {
    fn default() -> Self {
        Self::between(FIRST, LONGEST)
    }
}

impl Backoff {
    /// Doubles from `first` to `longest`.
    pub(crate) fn between(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            failures: 0,
        }
    }

    /// The next wait; `chance` in 0.0–1.0 takes up to half of it away.
    pub(crate) fn next(&mut self, chance: f64) -> Duration {
        let doubled = self.first.saturating_mul(1 << self.failures.min(10));
        let wait = doubled.min(self.longest);
        self.failures += 1;
        wait.mul_f64(1.0 - chance.clamp(0.0, 1.0) / 2.0)
    }

    /// It worked: the next failure waits shortest again.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound() {
        let mut backoff = Backoff::default();
        assert_eq!(backoff.next(0.0), FIRST);
        assert_eq!(backoff.next(1.0), FIRST);
        for _ in 0..40 {
            backoff.next(0.0);
        }
        assert_eq!(backoff.next(0.0), LONGEST);
        backoff.reset();
        assert_eq!(backoff.next(0.0), FIRST);
    }
}
