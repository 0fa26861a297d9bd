//! Copies of what was sent, for a receiver that asks for lost packets again (RFC 4585, generic NACK).

use std::time::{Duration, Instant};

/// Packets kept: a second of them. A receiver that plays has given up on older ones.
const COPIES_MAX: usize = 50;
/// How often one packet is sent again. A receiver that asks for ever gets no more.
const TIMES_MAX: u8 = 4;
/// The least time between two copies of one packet: a second question may have crossed the answer to the first.
const APART: Duration = Duration::from_millis(15);

/// A packet as it was sent, encrypted. With AES-GCM another message of the same number would give the key away
/// (RFC 7714, 8.4); what is sent again is the same to the byte.
#[derive(Debug, Clone)]
struct SentPacket {
    sequence: u16,
    bytes: Vec<u8>,
    sent_at: Instant,
    again_at: Instant,
    times: u8,
}

/// How old the last packet may be to be sent a second time with the next one: after a pause nobody waits for it.
const LAST_AGE_MAX: Duration = Duration::from_millis(50);

/// The last packets of one stream. Memory is used again.
#[derive(Debug, Default)]
pub struct Copies {
    ring: Vec<SentPacket>,
    next: usize,
}

impl Copies {
    /// Keeps a packet that is sent now; the oldest goes for it.
    pub fn keep(&mut self, sequence: u16, packet: &[u8], now: Instant) {
        let oldest = self.ring.get_mut(self.next);
        let mut bytes = oldest.map_or_else(Vec::new, |oldest| std::mem::take(&mut oldest.bytes));
        bytes.clear();
        bytes.extend_from_slice(packet);
        let copy = SentPacket {
            sequence,
            bytes,
            sent_at: now,
            again_at: now,
            times: 0,
        };
        match self.ring.get_mut(self.next) {
            Some(oldest) => *oldest = copy,
            None => self.ring.push(copy),
        }
        self.next = (self.next + 1) % COPIES_MAX;
    }

    /// The packet of this sequence number, if it is to be sent again now.
    pub fn again(&mut self, sequence: u16, now: Instant) -> Option<&[u8]> {
        let copy = self.ring.iter_mut().find(|copy| copy.sequence == sequence)?;
        let asked_before = copy.times > 0 && now.saturating_duration_since(copy.again_at) < APART;
        if copy.times >= TIMES_MAX || asked_before {
            return None;
        }
        copy.times += 1;
        copy.again_at = now;
        Some(&copy.bytes)
    }

    /// The newest packet but `back`, unless it is old.
    #[must_use]
    pub fn last(&self, back: usize, now: Instant) -> Option<&[u8]> {
        let last = (self.next + 2 * COPIES_MAX - 1).checked_sub(back)? % COPIES_MAX;
        let last = self.ring.get(last)?;
        (now.saturating_duration_since(last.sent_at) <= LAST_AGE_MAX).then_some(&last.bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_second_can_be_had_again() {
        let (mut copies, now) = (Copies::default(), Instant::now());
        assert_eq!(copies.last(0, now), None);
        for number in 65_500..65_600_u64 {
            copies.keep(number as u16, &number.to_be_bytes(), now);
            assert_eq!(copies.last(0, now), Some(&number.to_be_bytes()[..]));
        }
        assert_eq!(copies.last(1, now), Some(&65_598_u64.to_be_bytes()[..]));
        let mut again = |number: u64| copies.again(number as u16, now).map(<[u8]>::to_vec);
        assert_eq!(again(65_549), None, "too old");
        for number in 65_550..65_600_u64 {
            assert_eq!(again(number), Some(number.to_be_bytes().to_vec()), "{number}");
        }
        assert!(copies.last(0, now + 2 * LAST_AGE_MAX).is_none(), "too old");
    }

    #[test]
    fn nobody_gets_a_packet_for_ever() {
        let (mut copies, now) = (Copies::default(), Instant::now());
        copies.keep(7, &[1], now);
        assert!(copies.again(7, now).is_some());
        assert!(copies.again(7, now).is_none(), "the first answer is under way");
        let sent = (1..100).filter(|n| copies.again(7, now + APART * *n).is_some());
        assert_eq!(sent.count(), usize::from(TIMES_MAX) - 1);
        assert!(copies.again(8, now).is_none());
    }
}
