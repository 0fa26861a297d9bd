/// The farthest a packet may come behind the newest one; farther back means that the sender began anew.
const MISORDER_MAX: i64 = 100;
/// The farthest the sequence may jump ahead, in packets (one minute of 20 ms).
const DROPOUT_MAX: i64 = 3_000;

/// What a sequence number means beside those seen before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// The first of a stream, or of a sender that began anew.
    Restart,
    /// Newer than all before.
    Newer,
    /// Older than the newest, not seen before.
    Older,
    /// Seen before.
    Duplicate,
    /// Far from all before; believed only when the next one follows it (RFC 3550, appendix A.1).
    Suspect,
}

/// Extends 16-bit sequence numbers and 32-bit timestamps so that they never wrap, and knows duplicates.
#[derive(Debug, Default)]
pub(crate) struct Sequence {
    newest: Option<(i64, i64)>,
    /// Bit n: the packet n before the newest was seen.
    seen: u128,
    suspect: Option<u16>,
}

impl Sequence {
    /// Gives the order of a packet with its extended sequence number and timestamp.
    pub(crate) fn place(&mut self, sequence: u16, timestamp: u32) -> (Order, i64, i64) {
        let Some((newest_sequence, newest_timestamp)) = self.newest else {
            return self.restart(i64::from(sequence), i64::from(timestamp));
        };
        let step = i64::from(sequence.wrapping_sub(newest_sequence as u16) as i16);
        let number = newest_sequence.saturating_add(step);
        let moved = i64::from(timestamp.wrapping_sub(newest_timestamp as u32) as i32);
        let time = newest_timestamp.saturating_add(moved);
        if !(-MISORDER_MAX..=DROPOUT_MAX).contains(&step) {
            if self.suspect != Some(sequence) {
                self.suspect = Some(sequence.wrapping_add(1));
                return (Order::Suspect, number, time);
            }
            // Numbers never go back, so that what was played stays older than what comes.
            let ahead = i64::from(sequence.wrapping_sub(newest_sequence as u16));
            return self.restart(newest_sequence.saturating_add(ahead), time);
        }
        self.suspect = None;
        if step > 0 {
            self.seen = if step < 128 { (self.seen << step) | 1 } else { 1 };
            self.newest = Some((number, time));
            return (Order::Newer, number, time);
        }
        let bit = 1u128 << step.unsigned_abs().min(127);
        if self.seen & bit != 0 {
            return (Order::Duplicate, number, time);
        }
        self.seen |= bit;
        (Order::Older, number, time)
    }

    fn restart(&mut self, number: i64, time: i64) -> (Order, i64, i64) {
        self.newest = Some((number, time));
        self.seen = 1;
        self.suspect = None;
        (Order::Restart, number, time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_on_across_the_wrap() {
        let mut sequence = Sequence::default();
        assert_eq!(
            sequence.place(65_534, u32::MAX - 959),
            (Order::Restart, 65_534, i64::from(u32::MAX) - 959)
        );
        assert_eq!(sequence.place(0, 960), (Order::Newer, 65_536, (1 << 32) + 960));
        assert_eq!(sequence.place(65_535, 0), (Order::Older, 65_535, 1 << 32));
        assert_eq!(sequence.place(65_535, 0).0, Order::Duplicate);
        assert_eq!(sequence.place(0, 960).0, Order::Duplicate);
    }

    #[test]
    fn a_far_number_is_believed_when_the_next_follows() {
        let mut sequence = Sequence::default();
        sequence.place(10, 0);
        assert_eq!(sequence.place(40_000, 5).0, Order::Suspect);
        assert_eq!(sequence.place(11, 960).0, Order::Newer);
        assert_eq!(sequence.place(40_000, 5).0, Order::Suspect);
        assert_eq!(sequence.place(40_001, 965).0, Order::Restart);
        assert_eq!(sequence.place(40_002, 1925).0, Order::Newer);
    }
}
