/// Packets behind the newest that are still taken (RFC 3711, 3.3.2, asks for 64).
const WINDOW: u64 = 128;

/// What was received of one source before: the count of roll-overs of its sequence number, and what would be a replay.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Replay {
    newest: Option<u64>,
    /// Bit n: the packet n before the newest came.
    seen: u128,
}

impl Replay {
    /// The index that a sequence number most probably stands for (RFC 3711, 3.3.1); the first one's has no roll-overs.
    #[must_use]
    pub fn index(&self, sequence: u16) -> u64 {
        let Some(newest) = self.newest else {
            return u64::from(sequence);
        };
        let step = i64::from(sequence.wrapping_sub(newest as u16).cast_signed());
        // Nothing comes before the first roll-over: what looks so is a step of more than half a round ahead.
        newest
            .checked_add_signed(step)
            .unwrap_or_else(|| u64::from(sequence))
    }

    /// Whether a packet is new and recent enough to be looked at.
    #[must_use]
    pub fn admits(&self, index: u64) -> bool {
        let Some(newest) = self.newest else { return true };
        match newest.checked_sub(index) {
            None => true,
            Some(behind) => behind < WINDOW && self.seen & (1 << behind) == 0,
        }
    }

    /// Notes a packet that was proven genuine.
    pub fn note(&mut self, index: u64) {
        let newest = self.newest.unwrap_or(index);
        if index >= newest {
            let ahead = index - newest;
            self.seen = if ahead < WINDOW { self.seen << ahead } else { 0 } | 1;
            self.newest = Some(index);
        } else if newest - index < WINDOW {
            self.seen |= 1 << (newest - index);
        }
    }

    /// The index of the newest packet.
    #[must_use]
    pub fn newest(&self) -> Option<u64> {
        self.newest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_numbers_roll_over_and_come_out_of_order() {
        let mut replay = Replay::default();
        for (sequence, index) in [
            (65_534, 65_534),
            (1, 65_537),
            (65_535, 65_535),
            (0, 65_536),
            (40_000, 40_000),
        ] {
            assert_eq!(replay.index(sequence), index);
            if replay.admits(index) {
                replay.note(index);
            }
        }
        assert_eq!(replay.newest(), Some(65_537));
        assert!(!replay.admits(40_000), "too old");
    }

    #[test]
    fn nothing_is_older_than_the_first_index() {
        let mut replay = Replay::default();
        replay.note(3);
        assert_eq!(replay.index(65_000), 65_000);
    }

    #[test]
    fn each_packet_is_taken_once() {
        let mut replay = Replay::default();
        for index in [500, 501, 510, 509, 510 - WINDOW + 1] {
            assert!(replay.admits(index), "{index}");
            replay.note(index);
            assert!(!replay.admits(index), "{index}");
        }
        assert!(!replay.admits(510 - WINDOW));
        replay.note(10_000);
        assert!(!replay.admits(10_000) && replay.admits(9_999) && !replay.admits(510));
    }
}
