use std::collections::VecDeque;

use super::{
    MasterKeys, Replay,
    cipher::{Cipher, Message},
    keys::Stream,
};

/// The part of reports that is never encrypted: a header and who reports (RFC 3711, 3.4).
pub(super) const RTCP_PLAIN_BYTES: usize = 8;
/// The bit of the trailer that says that the rest is encrypted; the others are the packet's number.
pub(super) const ENCRYPTED: u32 = 1 << 31;

/// Sources whose reports are told from replays; the one that was silent longest goes first.
const REPORTERS_MAX: usize = 64;

/// Decrypts what one side receives.
#[derive(Debug)]
pub struct Opener {
    rtp: Cipher,
    rtcp: Cipher,
    reporters: VecDeque<(u32, Replay)>,
}

impl Opener {
    /// With the keys of the side that sends; `None` if the library takes none of them.
    #[must_use]
    pub fn new(keys: &MasterKeys) -> Option<Self> {
        Some(Self {
            rtp: keys.cipher(Stream::Rtp).ok()?,
            rtcp: keys.cipher(Stream::Rtcp).ok()?,
            reporters: VecDeque::new(),
        })
    }

    /// Decrypts a packet of audio whose header has `header` bytes, and gives what comes after that; `None` if it is not
    /// genuine, or came before. The bytes are lost then.
    pub fn open_rtp<'a>(
        &self,
        replay: &mut Replay,
        (ssrc, sequence): (u32, u16),
        header: usize,
        packet: &'a mut [u8],
    ) -> Option<&'a [u8]> {
        let index = replay.index(sequence);
        if !replay.admits(index) {
            return None;
        }
        let payload = self.rtp.open_rtp(Message { ssrc, index }, header, packet).ok()?;
        replay.note(index);
        Some(payload)
    }

    /// Decrypts a packet of reports, and gives the whole compound packet; `None` if it is not genuine, or came before.
    pub fn open_rtcp<'a>(&mut self, packet: &'a mut [u8]) -> Option<&'a [u8]> {
        let ssrc = source_of_reports(packet)?;
        let trailer = packet.get(self.rtcp.trailer_at(packet)?..)?.first_chunk()?;
        let trailer = u32::from_be_bytes(*trailer);
        // Nobody who has keys sends reports without using them.
        if trailer & ENCRYPTED == 0 {
            return None;
        }
        let index = u64::from(trailer & !ENCRYPTED);
        let known = self.reporters.iter().position(|(known, _)| *known == ssrc);
        let before = known.and_then(|at| self.reporters.get(at));
        if before.is_some_and(|(_, replay)| !replay.admits(index)) {
            return None;
        }
        let message = Message { ssrc, index };
        let length = self.rtcp.open_rtcp(message, RTCP_PLAIN_BYTES, packet).ok()?;
        let mut replay = known
            .and_then(|at| self.reporters.remove(at))
            .map_or_else(Replay::default, |(_, replay)| replay);
        replay.note(index);
        if self.reporters.len() >= REPORTERS_MAX {
            self.reporters.pop_front();
        }
        self.reporters.push_back((ssrc, replay));
        packet.get(..length)
    }
}

/// Who sends a compound packet of reports.
pub(super) fn source_of_reports(packet: &[u8]) -> Option<u32> {
    packet
        .get(4..)?
        .first_chunk()
        .map(|bytes| u32::from_be_bytes(*bytes))
}
