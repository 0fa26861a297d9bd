//! How long a service that failed is left alone. Pure; time is an argument.

use std::time::Duration;

use crate::Timing;

/// The failures of one service lately.
#[derive(Debug, Default)]
pub(super) struct Rest {
    failures: u32,
    until: Duration,
}

impl Rest {
    /// It failed.
    pub(super) fn failed(&mut self, now: Duration, timing: &Timing) {
        let rest = timing.rest.saturating_mul(1 << self.failures.min(16));
        self.failures += 1;
        self.until = now + rest.min(timing.rest_max);
    }

    /// It delivered.
    pub(super) fn delivered(&mut self) {
        *self = Self::default();
    }

    /// Whether it may be asked.
    pub(super) fn is_over(&self, now: Duration) -> bool {
        self.until <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_grows_with_each_failure_and_ends_with_a_success() {
        let timing = Timing::default();
        let mut rest = Rest::default();
        let mut now = Duration::ZERO;
        assert!(rest.is_over(now));
        for expect_s in [5, 10, 20, 40, 60, 60] {
            rest.failed(now, &timing);
            assert!(!rest.is_over(now + Duration::from_secs(expect_s - 1)));
            now += Duration::from_secs(expect_s);
            assert!(rest.is_over(now));
        }
        rest.delivered();
        rest.failed(now, &timing);
        assert!(rest.is_over(now + timing.rest));
    }
}
