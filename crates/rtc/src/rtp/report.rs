//! Writing reports (RTCP, RFC 3550 section 6).

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::feedback::number;

/// What one packet has room for: its header counts with five bits (RFC 3550, 6.4.1).
pub const REPORT_BLOCKS_MAX: usize = 31;

/// Seconds from 1900, where NTP's time begins, to 1970 (RFC 5905, 6).
const NTP_TO_UNIX_SECONDS: u64 = 2_208_988_800;

const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const DESCRIPTION: u8 = 202;
const GOODBYE: u8 = 203;
const TRANSPORT_FEEDBACK: u8 = 205;
const GENERIC_NACK: u8 = 1;
/// The lasting name of a sender (RFC 3550, 6.5.1).
const CNAME: u8 = 1;

/// How one source is received (RFC 3550, 6.4.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Block {
    /// The source.
    pub ssrc: u32,
    /// The share lost since the last report, in 1/256.
    pub fraction_lost: u8,
    /// Packets lost in all; fewer than 0 with duplicates. 24 bits are written.
    pub lost: i32,
    /// The newest sequence number, with the roll-overs in its upper half.
    pub newest: u32,
    /// How unevenly packets come, in timestamp units.
    pub jitter: u32,
    /// The middle 32 bits of the time in the last sender report; 0 before there was one.
    pub sender_time: u32,
    /// How long ago that came, in 1/65536 s.
    pub since: u32,
}

impl Block {
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let at = |word: usize| number(bytes.get(4 * word..)?);
        let lost = at(1)?;
        Some(Self {
            ssrc: at(0)?,
            fraction_lost: (lost >> 24) as u8,
            // The sign is the 24th bit.
            lost: (lost << 8).cast_signed() >> 8,
            newest: at(2)?,
            jitter: at(3)?,
            sender_time: at(4)?,
            since: at(5)?,
        })
    }

    fn write(&self, packet: &mut Vec<u8>) {
        let lost = self.lost.clamp(-0x80_0000, 0x7f_ffff).cast_unsigned() & 0xff_ffff;
        let words = [
            self.ssrc,
            u32::from(self.fraction_lost) << 24 | lost,
            self.newest,
            self.jitter,
            self.sender_time,
            self.since,
        ];
        packet.extend(words.iter().flat_map(|word| word.to_be_bytes()));
    }
}

/// One moment by the two clocks of a sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SenderTime {
    /// The time of day: seconds since 1900 in the upper half, their fraction in the lower.
    pub ntp: u64,
    /// The timestamp that its packets have then.
    pub timestamp: u32,
}

/// What a sender tells of itself.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    /// When.
    pub time: SenderTime,
    /// Packets so far.
    pub packets: u32,
    /// Bytes of payload so far.
    pub bytes: u32,
}

/// The time of day, by a clock that never jumps.
#[derive(Debug, Clone, Copy)]
pub struct WallClock {
    at: Instant,
    ntp: u64,
}

impl WallClock {
    /// A clock that is set by the system's, once.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "it is looked at once, so that its jumps are none of ours"
    )]
    pub fn set_now() -> Self {
        Self::new(Instant::now(), SystemTime::now())
    }

    /// A clock that was set at this moment.
    #[must_use]
    pub fn new(at: Instant, time: SystemTime) -> Self {
        let unix = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let seconds = (unix.as_secs() + NTP_TO_UNIX_SECONDS) << 32;
        Self {
            at,
            ntp: seconds | fraction(unix.subsec_nanos()),
        }
    }

    /// The time as NTP has it.
    #[must_use]
    pub fn ntp(&self, now: Instant) -> u64 {
        let passed = now.saturating_duration_since(self.at);
        self.ntp
            .wrapping_add(passed.as_secs() << 32)
            .wrapping_add(fraction(passed.subsec_nanos()))
    }

    /// Its middle 32 bits, in 1/65536 s.
    #[must_use]
    pub fn middle(&self, now: Instant) -> u32 {
        (self.ntp(now) >> 16) as u32
    }
}

fn fraction(nanoseconds: u32) -> u64 {
    (u64::from(nanoseconds) << 32) / 1_000_000_000
}

/// Writes a report of `ssrc`, with what it sends if it sends, and what it receives: at most [`REPORT_BLOCKS_MAX`].
pub fn write_report(packet: &mut Vec<u8>, ssrc: u32, sent: Option<Sent>, blocks: &[Block]) {
    let kind = if sent.is_some() {
        SENDER_REPORT
    } else {
        RECEIVER_REPORT
    };
    let blocks = blocks.get(..REPORT_BLOCKS_MAX).unwrap_or(blocks);
    write(packet, kind, blocks.len() as u8, |packet| {
        packet.extend(ssrc.to_be_bytes());
        if let Some(sent) = sent {
            packet.extend(sent.time.ntp.to_be_bytes());
            let words = [sent.time.timestamp, sent.packets, sent.bytes];
            packet.extend(words.iter().flat_map(|word| word.to_be_bytes()));
        }
        blocks.iter().for_each(|block| block.write(packet));
    });
}

/// Writes what a source is called, which every compound packet has to tell (RFC 3550, 6.1).
pub fn write_description(packet: &mut Vec<u8>, ssrc: u32, cname: &str) {
    write(packet, DESCRIPTION, 1, |packet| {
        packet.extend(ssrc.to_be_bytes());
        let name = cname.as_bytes();
        let name = name.get(..255).unwrap_or(name);
        packet.extend([CNAME, name.len() as u8]);
        packet.extend(name);
        // The list ends in a zero at least.
        packet.push(0);
    });
}

/// Writes that `ssrc` asks for packets of `source` again (RFC 4585, 6.2.1); nothing if there are none.
pub fn write_asked(packet: &mut Vec<u8>, ssrc: u32, source: u32, sequences: &[u16]) {
    if sequences.is_empty() {
        return;
    }
    write(packet, TRANSPORT_FEEDBACK, GENERIC_NACK, |packet| {
        packet.extend(ssrc.to_be_bytes());
        packet.extend(source.to_be_bytes());
        let mut rest = sequences;
        while let Some((&first, after)) = rest.split_first() {
            let near = |sequence: &u16| (1..=16).contains(&sequence.wrapping_sub(first));
            let count = after.iter().take_while(|sequence| near(sequence)).count();
            let (near, after) = after.split_at_checked(count).unwrap_or((after, &[]));
            let bits = near
                .iter()
                .map(|sequence| 1 << (sequence.wrapping_sub(first) - 1));
            packet.extend(first.to_be_bytes());
            packet.extend(bits.fold(0u16, |all, bit| all | bit).to_be_bytes());
            rest = after;
        }
    });
}

/// Writes that a source ends (RFC 3550, 6.6).
pub fn write_goodbye(packet: &mut Vec<u8>, ssrc: u32) {
    write(packet, GOODBYE, 1, |packet| packet.extend(ssrc.to_be_bytes()));
}

/// Writes one part of a compound packet: a header, and what `body` appends, filled up to words of 32 bits.
fn write(packet: &mut Vec<u8>, kind: u8, count: u8, body: impl FnOnce(&mut Vec<u8>)) {
    let from = packet.len();
    packet.extend([0x80 | count, kind, 0, 0]);
    body(packet);
    let words = (packet.len() - from).div_ceil(4);
    packet.resize(from + 4 * words, 0);
    let length = u16::try_from(words - 1).unwrap_or(u16::MAX).to_be_bytes();
    if let Some(place) = packet.get_mut(from + 2..from + 4) {
        place.copy_from_slice(&length);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::{Feedback, read_feedback};
    use super::*;

    #[test]
    fn a_compound_packet_is_read_as_it_was_written() {
        let block = Block {
            ssrc: 7,
            fraction_lost: 128,
            lost: -2,
            newest: 0x1_0005,
            jitter: 9,
            sender_time: 10,
            since: 11,
        };
        let time = SenderTime {
            ntp: 0x0102_0304_0506_0708,
            timestamp: 12,
        };
        let sent = Sent {
            time,
            packets: 3,
            bytes: 300,
        };
        let asked = [65_530, 65_531, 3, 10, 400];
        let mut packet = Vec::new();
        write_report(&mut packet, 5, Some(sent), &[block; 2]);
        write_description(&mut packet, 5, "name");
        write_report(&mut packet, 6, None, &[block; REPORT_BLOCKS_MAX + 1]);
        write_asked(&mut packet, 5, 7, &asked);
        write_asked(&mut packet, 5, 7, &[]);
        write_goodbye(&mut packet, 5);
        assert_eq!(packet.len() % 4, 0);
        let (mut blocks, mut sequences, mut times) = (0, Vec::new(), Vec::new());
        read_feedback(&packet, |feedback| match feedback {
            Feedback::Received(read) => {
                assert_eq!(read, block);
                blocks += 1;
            }
            Feedback::Sent { ssrc, time } => times.push((ssrc, time)),
            Feedback::Asked { ssrc, packets } => {
                assert_eq!(ssrc, 7);
                sequences.extend(packets.sequences());
            }
        });
        assert_eq!((blocks, times), (2 + REPORT_BLOCKS_MAX, vec![(5, time)]));
        assert_eq!(sequences, asked);
    }

    #[test]
    fn the_time_of_day_is_ntp() {
        let at = Instant::now();
        let clock = WallClock::new(at, UNIX_EPOCH + Duration::from_millis(1_250));
        let later = at + Duration::from_millis(1_500);
        assert_eq!(clock.ntp(at), (NTP_TO_UNIX_SECONDS + 1) << 32 | 1 << 30);
        let expected = (NTP_TO_UNIX_SECONDS + 2) << 32 | 3 << 30;
        assert!(clock.ntp(later).abs_diff(expected) < 10);
        assert_eq!(clock.middle(at), (clock.ntp(at) >> 16) as u32);
    }
}
