use std::time::{Duration, Instant};

use super::{Block, SenderTime, WallClock};

/// What is counted of one source, for the reports on it (RFC 3550, appendix A.3).
#[derive(Debug, Clone, Default)]
pub struct Reception {
    first: Option<u64>,
    newest: u64,
    received: u64,
    /// Packets expected and received until the last report.
    before: (u64, u64),
    /// The last sender report: the middle of its time, and when it came.
    sender: Option<(u32, Instant)>,
}

impl Reception {
    /// A packet of this extended sequence number came, for the first time.
    pub fn on_packet(&mut self, index: u64) {
        self.first.get_or_insert(index);
        self.newest = self.newest.max(index);
        self.received += 1;
    }

    /// The sender told its time.
    pub fn on_sender(&mut self, time: SenderTime, now: Instant) {
        self.sender = Some(((time.ntp >> 16) as u32, now));
    }

    /// What there is to report of source `ssrc`, whose packets come so unevenly; `None` before the first packet.
    pub fn report(&mut self, ssrc: u32, jitter_samples: u32, now: Instant) -> Option<Block> {
        let expected = (self.newest + 1).saturating_sub(self.first?);
        let (expected_before, received_before) =
            std::mem::replace(&mut self.before, (expected, self.received));
        let expected_now = expected.saturating_sub(expected_before);
        let received_now = self.received.saturating_sub(received_before);
        let lost_now = expected_now.saturating_sub(received_now);
        let fraction = (lost_now * 256).checked_div(expected_now).unwrap_or(0);
        let lost = expected.saturating_sub(self.received);
        Some(Block {
            ssrc,
            fraction_lost: fraction.min(255) as u8,
            lost: i32::try_from(lost).unwrap_or(i32::MAX),
            newest: self.newest as u32,
            jitter: jitter_samples,
            sender_time: self.sender.map_or(0, |(time, _)| time),
            since: self
                .sender
                .map_or(0, |(_, at)| in_65536ths(now.saturating_duration_since(at))),
        })
    }
}

fn in_65536ths(time: Duration) -> u32 {
    u32::try_from((time.as_nanos() << 16) / 1_000_000_000).unwrap_or(u32::MAX)
}

/// The round trip that a report on a stream of ours tells, where it answers a report of ours (RFC 3550, 6.4.1).
#[must_use]
pub fn round_trip(block: &Block, clock: &WallClock, now: Instant) -> Option<Duration> {
    if block.sender_time == 0 {
        return None;
    }
    let units = clock
        .middle(now)
        .wrapping_sub(block.sender_time)
        .wrapping_sub(block.since);
    // A little before the report was sent is rounding; far before it is a clock that is not ours.
    let units = u64::try_from(units.cast_signed()).ok()?;
    Some(Duration::from_nanos((units * 1_000_000_000) >> 16))
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn what_is_lost_is_told_once_as_a_share_and_for_good_as_a_number() {
        let (mut reception, now) = (Reception::default(), Instant::now());
        assert_eq!(reception.report(1, 0, now), None);
        for index in (65_530..65_550).filter(|index| index % 4 != 3) {
            reception.on_packet(index);
        }
        let block = reception.report(1, 5, now).unwrap_or_default();
        assert_eq!((block.ssrc, block.jitter, block.newest), (1, 5, 65_549));
        assert_eq!((block.lost, block.fraction_lost), (5, 64));
        // Two come late, and one more.
        for index in [65_531, 65_535, 65_550] {
            reception.on_packet(index);
        }
        let block = reception.report(1, 5, now).unwrap_or_default();
        assert_eq!((block.lost, block.fraction_lost), (3, 0));
        let block = reception.report(1, 5, now).unwrap_or_default();
        assert_eq!((block.lost, block.fraction_lost), (3, 0));
    }

    #[test]
    fn a_round_trip_is_what_neither_side_kept() {
        let at = Instant::now();
        let (clock, mut reception) = (WallClock::new(at, UNIX_EPOCH), Reception::default());
        reception.on_packet(1);
        let after = |ms| at + Duration::from_millis(ms);
        let time = SenderTime {
            ntp: clock.ntp(at),
            timestamp: 0,
        };
        let block = |reception: &mut Reception, ms| reception.report(1, 0, after(ms)).unwrap_or_default();
        assert_eq!(
            round_trip(&block(&mut reception, 20), &clock, after(30)),
            None,
            "no report yet"
        );
        reception.on_sender(time, after(20));
        let answer = block(&mut reception, 1_020);
        let trip = round_trip(&answer, &clock, after(1_050)).unwrap_or_default();
        assert!(
            trip.abs_diff(Duration::from_millis(50)) < Duration::from_millis(1),
            "{trip:?}"
        );
        assert_eq!(
            round_trip(&answer, &clock, after(500)),
            None,
            "before it was sent"
        );
    }
}
