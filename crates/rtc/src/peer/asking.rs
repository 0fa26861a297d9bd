//! When lost packets are asked for again.

use std::time::{Duration, Instant};

/// How long after a gap there is asking: five questions a round trip apart, on networks whose answers still help.
const ASKS_FOR: Duration = Duration::from_millis(600);

/// `str0m` asks on a grid of 33 ms as long as it may, and wakes for it whether anything is missing or not. It may only
/// after a gap, so that a stream without loss costs nothing, and the first question leaves at once.
#[derive(Debug, Default)]
pub(super) struct Asking {
    last: Option<u16>,
    until: Option<Instant>,
}

impl Asking {
    /// A packet of this sequence number came.
    pub(super) fn on_packet(&mut self, sequence: u16, now: Instant) {
        let Some(last) = self.last else {
            self.last = Some(sequence);
            return;
        };
        let ahead = sequence.wrapping_sub(last).cast_signed();
        if ahead > 0 {
            self.last = Some(sequence);
        }
        if ahead > 1 {
            self.until = Some(now + ASKS_FOR);
        }
    }

    /// Whether there is asking now.
    pub(super) fn is_on(&mut self, now: Instant) -> bool {
        self.until = self.until.filter(|until| now < *until);
        self.until.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_after_a_gap_for_a_while() {
        let (mut asking, now) = (Asking::default(), Instant::now());
        for sequence in [65_533, 65_534, 65_535, 0, 1, 0, 2] {
            asking.on_packet(sequence, now);
        }
        assert!(!asking.is_on(now), "nothing is missing");
        asking.on_packet(4, now);
        assert!(asking.is_on(now));
        asking.on_packet(5, now + ASKS_FOR / 2);
        assert!(asking.is_on(now + ASKS_FOR / 2));
        assert!(!asking.is_on(now + ASKS_FOR));
        asking.on_packet(6, now + ASKS_FOR);
        assert!(!asking.is_on(now + ASKS_FOR));
    }
}
