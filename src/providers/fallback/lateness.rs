//! When an answer is late: later than nearly all of the last ones. Pure.

use std::collections::VecDeque;
use std::time::Duration;

/// Calls that are remembered.
const CALLS_MAX: usize = 64;
/// Calls without which nothing is known.
const CALLS_MIN: usize = 8;
/// An answer is late when this many of a hundred came earlier.
const PERCENT: usize = 95;

/// Between what the limit stays, and what it is before enough is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) least: Duration,
    pub(super) initial: Duration,
    pub(super) most: Duration,
}

/// The delays of one model up to the first piece of its answers.
#[derive(Debug, Default)]
pub(super) struct Lateness {
    delays: VecDeque<Duration>,
}

impl Lateness {
    /// An answer began after so long. One that was overtaken by another model's is not told: how long it would have
    /// taken is not known, and a guess would move the limit.
    pub(super) fn began_after(&mut self, delay: Duration) {
        if self.delays.len() == CALLS_MAX {
            self.delays.pop_front();
        }
        self.delays.push_back(delay);
    }

    /// After how long the next answer is late.
    pub(super) fn limit(&self, limits: Limits) -> Duration {
        if self.delays.len() < CALLS_MIN {
            return limits.initial;
        }
        let mut delays: Vec<_> = self.delays.iter().copied().collect();
        delays.sort_unstable();
        let index = (delays.len() * PERCENT).div_ceil(100).saturating_sub(1);
        let late = delays.get(index).copied().unwrap_or(limits.initial);
        late.clamp(limits.least, limits.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        least: Duration::from_millis(50),
        initial: Duration::from_millis(777),
        most: Duration::from_millis(2_000),
    };

    fn limit_after(delays_ms: impl IntoIterator<Item = u64>) -> u128 {
        let mut lateness = Lateness::default();
        for delay in delays_ms {
            lateness.began_after(Duration::from_millis(delay));
        }
        lateness.limit(LIMITS).as_millis()
    }

    #[test]
    fn it_follows_the_last_calls_within_bounds() {
        assert_eq!(limit_after(1..8), 777, "seven calls are too few");
        assert_eq!(limit_after(101..=200), 197, "of the last 64: 137 to 200");
        assert_eq!(limit_after([1; 20]), 50);
        assert_eq!(limit_after([9_000; 20]), 2_000);
        assert_eq!(
            limit_after([9_000; 64].into_iter().chain([300; 64])),
            300,
            "it forgets"
        );
    }
}
