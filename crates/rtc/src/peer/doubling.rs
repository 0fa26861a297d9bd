//! When packets are sent twice without being asked for.

use std::time::{Duration, Instant};

/// Reported loss from which on every packet is sent twice, percent. Below, the redundant copy that Opus carries (FEC) and
/// asking bridge it.
const LOSS_MIN_PERCENT: u8 = 3;
/// How long after such a report. What arrives by the second copy is no longer reported as lost, so the reports that
/// follow say nothing of the network.
const HOLDS_FOR: Duration = Duration::from_secs(30);

/// A second copy one packet later is heard without a round trip, where a question and its answer come too late. A voice
/// is small: twice of it costs a network little.
#[derive(Debug, Default)]
pub(super) struct Doubling {
    until: Option<Instant>,
}

impl Doubling {
    /// The other side reports so much as lost.
    pub(super) fn on_loss(&mut self, percent: u8, now: Instant) {
        if percent >= LOSS_MIN_PERCENT {
            self.until = Some(now + HOLDS_FOR);
        }
    }

    pub(super) fn is_on(&self, now: Instant) -> bool {
        self.until.is_some_and(|until| now < until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn begins_with_loss_and_outlives_its_own_success() {
        let (mut doubling, now) = (Doubling::default(), Instant::now());
        doubling.on_loss(LOSS_MIN_PERCENT - 1, now);
        assert!(!doubling.is_on(now));
        doubling.on_loss(LOSS_MIN_PERCENT, now);
        doubling.on_loss(0, now + Duration::from_secs(1));
        assert!(doubling.is_on(now + HOLDS_FOR / 2));
        assert!(!doubling.is_on(now + HOLDS_FOR));
    }
}
