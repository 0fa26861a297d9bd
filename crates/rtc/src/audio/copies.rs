//! Copies of what was sent, for a receiver that asks for lost packets again (RFC 4585, generic NACK).

use std::time::{Duration, Instant};

/// Packets kept: a second of them. A receiver that plays has given up on older ones.
const COPIES_MAX: usize = 50;
/// How often one packet is sent again. A receiver that asks for ever gets no more.
const TIMES_MAX: u8 = 4;
/// The least time between two copies of one packet: a second question may have crossed the answer to the first.
const APART: Duration = Duration::from_millis(15);

/// What a packet's header says.
#[derive(Debug, Clone, Copy)]
pub struct Header {
    /// Its extended sequence number.
    pub number: u64,
    /// Its RTP timestamp.
    pub timestamp: u32,
    /// The RTP marker.
    pub marker: bool,
    /// Its level in dBov, from -127 to 0.
    pub level_db: i8,
}

/// A packet as it was sent.
#[derive(Debug, Clone)]
pub struct SentPacket {
    /// Its header.
    pub header: Header,
    /// The Opus packet.
    pub payload: Vec<u8>,
    /// When it was sent first.
    pub sent_at: Instant,
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
    pub fn keep(&mut self, header: Header, packet: &[u8], now: Instant) {
        let oldest = self.ring.get_mut(self.next);
        let mut payload = oldest.map_or_else(Vec::new, |oldest| std::mem::take(&mut oldest.payload));
        payload.clear();
        payload.extend_from_slice(packet);
        let copy = SentPacket {
            header,
            payload,
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

    /// The packet of this sequence number on the wire, if it is to be sent again now.
    pub fn again(&mut self, sequence: u16, now: Instant) -> Option<&SentPacket> {
        let copy = self
            .ring
            .iter_mut()
            .find(|copy| copy.header.number as u16 == sequence)?;
        let asked_before = copy.times > 0 && now.saturating_duration_since(copy.again_at) < APART;
        if copy.times >= TIMES_MAX || asked_before {
            return None;
        }
        copy.times += 1;
        copy.again_at = now;
        Some(copy)
    }

    /// The newest packet, unless it is old.
    #[must_use]
    pub fn last(&self, now: Instant) -> Option<&SentPacket> {
        let last = (self.next + COPIES_MAX - 1) % COPIES_MAX;
        let last = self.ring.get(last)?;
        (now.saturating_duration_since(last.sent_at) <= LAST_AGE_MAX).then_some(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(number: u64) -> Header {
        Header {
            number,
            timestamp: number as u32 * 960,
            marker: false,
            level_db: -30,
        }
    }

    #[test]
    fn the_last_second_can_be_had_again() {
        let (mut copies, now) = (Copies::default(), Instant::now());
        for number in 65_500..65_600_u64 {
            copies.keep(header(number), &number.to_be_bytes(), now);
            assert_eq!(copies.last(now).map(|copy| copy.header.number), Some(number));
        }
        let mut again = |number: u64| copies.again(number as u16, now).map(|copy| copy.payload.clone());
        assert_eq!(again(65_549), None, "too old");
        for number in 65_550..65_600_u64 {
            assert_eq!(again(number), Some(number.to_be_bytes().to_vec()), "{number}");
        }
        assert!(copies.last(now + 2 * LAST_AGE_MAX).is_none(), "too old");
    }

    #[test]
    fn nobody_gets_a_packet_for_ever() {
        let (mut copies, now) = (Copies::default(), Instant::now());
        copies.keep(header(7), &[1], now);
        assert!(copies.again(7, now).is_some());
        assert!(copies.again(7, now).is_none(), "the first answer is under way");
        let sent = (1..100).filter(|n| copies.again(7, now + APART * *n).is_some());
        assert_eq!(sent.count(), usize::from(TIMES_MAX) - 1);
        assert!(copies.again(8, now).is_none());
    }
}
