//! Memory that rooms leave behind, given back to the system once they are over.

use std::time::Duration;

use tokio::time::Instant;

use super::metrics::Metrics;

/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Least time between two clearings while rooms are played: each makes allocations wait for milliseconds.
const CLEAR_EVERY: Duration = Duration::from_secs(60);

/// The last room of many leaves connections that say goodbye for a while: how long after the first clearing there is a
/// second one.
const CLEAR_AGAIN: Duration = Duration::from_secs(5);

/// When to clear up. Pure.
#[derive(Debug, Default)]
struct Clearing {
    /// Rooms that were over at the last look.
    seen: u64,
    /// Rooms that were over when it was cleared.
    cleared: u64,
    /// It was cleared once since the last room was over.
    is_once: bool,
}

impl Clearing {
    /// Takes in how many rooms are over by now, how many are played, and the time since the last clearing.
    fn look(&mut self, over: u64, played: i64, since: Duration) -> bool {
        // What is over at this very moment is still being taken down.
        let is_quiet = std::mem::replace(&mut self.seen, over) == over;
        let is_first = over > self.cleared && is_quiet && (played == 0 || since >= CLEAR_EVERY);
        let is_second = self.is_once && played == 0 && since >= CLEAR_AGAIN;
        if is_first || is_second {
            self.cleared = over;
            self.is_once = is_first && played == 0;
        }
        is_first || is_second
    }
}

/// Clears up for as long as it runs.
pub(super) async fn watch(metrics: Metrics) {
    let mut clearing = Clearing::default();
    let mut last = Instant::now();
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        if clearing.look(metrics.over(), metrics.played(), last.elapsed()) {
            // It fails when the runtime stops, which ends this as well.
            let _ = tokio::task::spawn_blocking(troupe_heap::give_back).await;
            last = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_cleared_twice_when_all_are_over_and_seldom_before() {
        let mut clearing = Clearing::default();
        let second = Duration::from_secs(1);
        for (over, played, since, is_due) in [
            (0, 0, CLEAR_EVERY, false),
            (0, 3, CLEAR_EVERY, false),
            (1, 2, second, false),
            (1, 2, second, false),
            (2, 1, CLEAR_EVERY, false),
            (2, 1, CLEAR_EVERY, true),
            (2, 0, CLEAR_EVERY, false),
            (3, 0, second, false),
            (3, 0, second, true),
            (3, 0, second, false),
            (3, 0, CLEAR_AGAIN, true),
            (3, 0, CLEAR_EVERY, false),
            (4, 0, second, false),
            (4, 0, second, true),
            (4, 1, CLEAR_AGAIN, false),
        ] {
            assert_eq!(
                clearing.look(over, played, since),
                is_due,
                "{over} {played} {since:?}"
            );
        }
    }
}
