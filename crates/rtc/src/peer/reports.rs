//! Reading what the other side reports (RTCP, RFC 3550 section 6).

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

/// What a sender has to know of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feedback {
    /// The other side received this stream.
    Received {
        /// The stream's number.
        ssrc: u32,
    },
    /// It asks for a packet of this stream again.
    Asked {
        /// The stream's number.
        ssrc: u32,
        /// The packet's sequence number.
        sequence: u16,
    },
}

/// Whether a packet holds reports and not audio, where both come to one socket (RFC 5761, 4).
pub(super) fn is_report(packet: &[u8]) -> bool {
    matches!(packet, [128..=191, 192..=223, ..])
}

/// Calls `tell` with all that a compound packet of reports, decrypted, says. What is cut short or unknown is passed over.
pub fn read_feedback(mut compound: &[u8], mut tell: impl FnMut(Feedback)) {
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
            SENDER_REPORT => read_blocks(report, HEADER_BYTES + SENDER_BYTES, count, &mut tell),
            TRANSPORT_FEEDBACK if count == GENERIC_NACK => read_asked(report, &mut tell),
            _ => {}
        }
    }
}

fn read_blocks(report: &[u8], from: usize, count: u8, tell: &mut impl FnMut(Feedback)) {
    let blocks = report.get(from..).unwrap_or_default().chunks_exact(BLOCK_BYTES);
    for block in blocks.take(count.into()) {
        if let Some(ssrc) = number(block) {
            tell(Feedback::Received { ssrc });
        }
    }
}

/// Entries of a sequence number and the 16 after it whose bit is set.
fn read_asked(report: &[u8], tell: &mut impl FnMut(Feedback)) {
    let Some((ssrc, entries)) = report
        .get(HEADER_BYTES..)
        .and_then(|rest| Some((number(rest)?, rest.get(4..)?)))
    else {
        return;
    };
    for entry in entries.chunks_exact(4) {
        let Some(entry) = number(entry) else { return };
        let (first, more) = ((entry >> 16) as u16, entry as u16);
        tell(Feedback::Asked {
            ssrc,
            sequence: first,
        });
        for bit in (0..16).filter(|bit| more & (1 << bit) != 0) {
            let sequence = first.wrapping_add(bit + 1);
            tell(Feedback::Asked { ssrc, sequence });
        }
    }
}

fn number(bytes: &[u8]) -> Option<u32> {
    bytes.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(compound: &[u8]) -> Vec<Feedback> {
        let mut all = Vec::new();
        read_feedback(compound, |feedback| all.push(feedback));
        all
    }

    /// A report about `ssrc`, with so many bytes about its sender.
    fn report(kind: u8, sender_bytes: usize, ssrc: u32) -> Vec<u8> {
        let words = (HEADER_BYTES + sender_bytes + BLOCK_BYTES) / 4 - 1;
        let mut report = vec![0x81, kind, 0, words as u8, 9, 9, 9, 9];
        report.resize(HEADER_BYTES + sender_bytes, 0);
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
        let asked = |sequence| Feedback::Asked {
            ssrc: 0x102,
            sequence,
        };
        let expected = [
            Feedback::Received { ssrc: 7 },
            Feedback::Received { ssrc: 8 },
            asked(0xffff),
            asked(0),
            asked(15),
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
        assert_eq!(read(&lying), [Feedback::Received { ssrc: 8 }]);
        assert_eq!(read(&[0x81, 205, 0, 0]), []);
    }

    #[test]
    fn audio_is_no_report() {
        assert!(!is_report(&[0x90, 0x6f, 0, 0]));
        assert!(!is_report(&[0x90, 0xef, 0, 0]));
        assert!(!is_report(&[0x80]));
        assert!(is_report(&[0x80, 201, 0, 0]));
    }
}
