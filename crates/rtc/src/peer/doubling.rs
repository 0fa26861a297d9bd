//! When packets are sent twice without being asked for.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Reported loss from which on every packet is sent twice, percent. Below, the redundant copy that Opus carries (FEC) and
/// asking bridge it.
const LOSS_MIN_PERCENT: u8 = 3;
/// The same, seen in questions for lost packets, which come within a round trip where a report may take a second or
/// more: 3 % of what is sent in [`ASKED_WITHIN`].
const ASKED_MIN: usize = 3;
/// Time in which so many packets have to be asked for: 100 packets of 20 ms.
const ASKED_WITHIN: Duration = Duration::from_secs(2);
/// How long after such a sign. What arrives by the second copy is no longer reported as lost, so the reports that
/// follow say nothing of the network.
const HOLDS_FOR: Duration = Duration::from_secs(30);

/// A second copy one packet later is heard without a round trip, where a question and its answer come too late. A voice
/// is small: twice of it costs a network little.
#[derive(Debug, Default)]
pub(super) struct Doubling {
    until: Option<Instant>,
    /// Packets that were asked for lately, each once; [`ASKED_MIN`] at most.
    asked: VecDeque<(u16, Instant)>,
}

impl Doubling {
    /// The other side reports so much as lost.
    pub(super) fn on_loss(&mut self, percent: u8, now: Instant) {
        if percent >= LOSS_MIN_PERCENT {
            self.until = Some(now + HOLDS_FOR);
        }
    }

    /// The other side asks for a packet, perhaps not for the first time.
    pub(super) fn on_asked(&mut self, number: u16, now: Instant) {
        self.asked
            .retain(|(known, at)| *known != number && now.saturating_duration_since(*at) < ASKED_WITHIN);
        self.asked.push_back((number, now));
        if self.asked.len() >= ASKED_MIN {
            self.until = Some(now + HOLDS_FOR);
            self.asked.pop_front();
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

    #[test]
    fn begins_with_questions_for_many_packets_and_not_with_many_for_one() {
        let (mut doubling, now) = (Doubling::default(), Instant::now());
        for _ in 0..20 {
            doubling.on_asked(7, now);
        }
        // One lost packet a second is what asking is for.
        for second in 1..10 {
            doubling.on_asked(100 + second, now + Duration::from_secs(second.into()));
        }
        let later = now + Duration::from_secs(20);
        assert!(!doubling.is_on(later));
        for number in [200, 201, 202] {
            assert!(!doubling.is_on(later));
            doubling.on_asked(number, later);
        }
        assert!(doubling.is_on(later));
        assert!(doubling.asked.len() < ASKED_MIN, "no more is kept than is needed");
    }
}
