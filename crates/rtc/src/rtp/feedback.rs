//! Reading what the other side reports (RTCP, RFC 3550 section 6).

use super::{Block, SenderTime};

/// Receiver reports and sender reports, which hold the same blocks (RFC 3550, 6.4), and feedback about a transport
/// (RFC 4585, 6.2).
const SENDER_REPORT: u8 = 200;
const RECEIVER_REPORT: u8 = 201;
const TRANSPORT_FEEDBACK: u8 = 205;
/// The format of transport feedback that asks for packets again (RFC 4585, 6.2.1).
const GENERIC_NACK: u8 = 1;

/// A header with the source that reports.
const HEADER_BYTES: usize = 8;
/// What a sender tells of itself before its blocks.
const SENDER_BYTES: usize = 20;
/// What is said of one source.
const BLOCK_BYTES: usize = 24;

/// One thing that a packet of reports says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feedback<'a> {
    /// How a stream of ours is received.
    Received(Block),
    /// What time it is for a stream of theirs.
    Sent {
        /// The stream's number.
        ssrc: u32,
        /// The sender's clocks.
        time: SenderTime,
    },
    /// Packets of a stream of ours are asked for again.
    Asked {
        /// The stream's number.
        ssrc: u32,
        /// Which ones.
        packets: Asked<'a>,
    },
}

/// Sequence numbers of packets that are asked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a>(&'a [u8]);

impl Asked<'_> {
    /// All of them: each entry has one, and the 16 after it whose bit is set.
    pub fn sequences(&self) -> impl Iterator<Item = u16> {
        self.0.chunks_exact(4).filter_map(number).flat_map(|entry| {
            let (first, more) = ((entry >> 16) as u16, entry as u16);
            let more = (0..16).filter(move |bit| more & (1 << bit) != 0);
            std::iter::once(first).chain(more.map(move |bit| first.wrapping_add(bit + 1)))
        })
    }
}

/// Whether a packet holds reports and not audio, where both come to one socket (RFC 5761, 4).
#[must_use]
pub fn is_report(packet: &[u8]) -> bool {
    matches!(packet, [128..=191, 192..=223, ..])
}

/// Calls `tell` with all that a compound packet of reports, decrypted, says. What is cut short or unknown is passed over.
pub fn read_feedback<'a>(mut compound: &'a [u8], mut tell: impl FnMut(Feedback<'a>)) {
    while let [first, kind, words @ ..] = compound
        && let Some((&words, _)) = words.split_first_chunk()
    {
        // In words of 32 bits, less one (RFC 3550, 6.4.1).
        let length = 4 * (usize::from(u16::from_be_bytes(words)) + 1);
        let Some((report, rest)) = compound.split_at_checked(length) else {
            return;
        };
        compound = rest;
        let count = first & 0x1f;
        match *kind {
            RECEIVER_REPORT => read_blocks(report, HEADER_BYTES, count, &mut tell),
            SENDER_REPORT => {
                if let Some(sent) = read_sender(report) {
                    tell(sent);
                }
                read_blocks(report, HEADER_BYTES + SENDER_BYTES, count, &mut tell);
            }
            TRANSPORT_FEEDBACK if count == GENERIC_NACK => {
                if let Some(asked) = read_asked(report) {
                    tell(asked);
                }
            }
            _ => {}
        }
    }
}

fn read_sender(report: &[u8]) -> Option<Feedback<'_>> {
    let ntp = report.get(HEADER_BYTES..)?.first_chunk()?;
    Some(Feedback::Sent {
        ssrc: number(report.get(4..)?)?,
        time: SenderTime {
            ntp: u64::from_be_bytes(*ntp),
            timestamp: number(report.get(HEADER_BYTES + 8..)?)?,
        },
    })
}

fn read_blocks<'a>(report: &'a [u8], from: usize, count: u8, tell: &mut impl FnMut(Feedback<'a>)) {
    let blocks = report.get(from..).unwrap_or_default().chunks_exact(BLOCK_BYTES);
    for block in blocks.take(count.into()) {
        if let Some(block) = Block::read(block) {
            tell(Feedback::Received(block));
        }
    }
}

fn read_asked(report: &[u8]) -> Option<Feedback<'_>> {
    let rest = report.get(HEADER_BYTES..)?;
    Some(Feedback::Asked {
        ssrc: number(rest)?,
        packets: Asked(rest.get(4..)?),
    })
}

pub(super) fn number(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each thing is about, with the numbers asked for.
    fn read(compound: &[u8]) -> Vec<(u32, Vec<u16>)> {
        let mut all = Vec::new();
        read_feedback(compound, |feedback| {
            all.push(match feedback {
                Feedback::Received(block) => (block.ssrc, Vec::new()),
                Feedback::Sent { ssrc, time } => (ssrc, vec![time.ntp as u16, time.timestamp as u16]),
                Feedback::Asked { ssrc, packets } => (ssrc, packets.sequences().collect()),
            });
        });
        all
    }

    /// A report about `ssrc`, with so many bytes about its sender.
    fn report(kind: u8, sender_bytes: usize, ssrc: u32) -> Vec<u8> {
        let words = (HEADER_BYTES + sender_bytes + BLOCK_BYTES) / 4 - 1;
        let mut report = vec![0x81, kind, 0, words as u8, 0, 0, 0, 6];
        report.resize(HEADER_BYTES + sender_bytes, 3);
        report.extend(ssrc.to_be_bytes());
        report.resize(report.len() + BLOCK_BYTES - 4, 0);
        report
    }

    const ASKED: [u8; 16] = [0x81, 205, 0, 3, 9, 9, 9, 9, 0, 0, 1, 2, 0xff, 0xff, 0x80, 0x01];

    #[test]
    fn all_of_a_compound_packet_is_read() {
        let description = [0x81, 202, 0, 1, 9, 9, 9, 9];
        let reports = [
            report(SENDER_REPORT, SENDER_BYTES, 7),
            report(RECEIVER_REPORT, 0, 8),
        ];
        let compound = [&reports[0], &description[..], &reports[1], &ASKED].concat();
        let expected = [
            (6, vec![0x303, 0x303]),
            (7, vec![]),
            (8, vec![]),
            (0x102, vec![0xffff, 0, 15]),
        ];
        assert_eq!(read(&compound), expected);
        assert!(is_report(&compound));
    }

    #[test]
    fn what_is_cut_short_says_what_it_can() {
        let whole = [&report(RECEIVER_REPORT, 0, 8)[..], &ASKED].concat();
        for length in 0..whole.len() {
            let all = read(whole.get(..length).unwrap_or_default());
            assert!(all.len() <= 1, "{length}: {all:?}");
        }
        // One block where two are said to be, and one that holds nothing at all.
        let mut lying = report(RECEIVER_REPORT, 0, 8);
        lying.splice(..1, [0x82]);
        assert_eq!(read(&lying), [(8, vec![])]);
        assert_eq!(read(&[0x81, 205, 0, 0]), []);
        assert_eq!(read(&[0x80, 200, 0, 1, 0, 0, 0, 6]), []);
    }

    #[test]
    fn audio_is_no_report() {
        assert!(!is_report(&[0x90, 0x6f, 0, 0]));
        assert!(!is_report(&[0x90, 0xef, 0, 0]));
        assert!(!is_report(&[0x80]));
        assert!(is_report(&[0x80, 201, 0, 0]));
    }
}
