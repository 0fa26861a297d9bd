use super::{
    MasterKeys,
    cipher::{Cipher, Message},
    keys::Stream,
    opener::{ENCRYPTED, RTCP_PLAIN_BYTES, source_of_reports},
};

/// Encrypts what one side sends.
#[derive(Debug)]
pub struct Sealer {
    rtp: Cipher,
    rtcp: Cipher,
    /// Packets of reports so far. One count for all sources: each of them has only to see it rise (RFC 3711, 3.4).
    reports: u32,
}

impl Sealer {
    /// With the keys of the side that sends; `None` if the library takes none of them.
    #[must_use]
    pub fn new(keys: &MasterKeys) -> Option<Self> {
        Some(Self {
            rtp: keys.cipher(Stream::Rtp).ok()?,
            rtcp: keys.cipher(Stream::Rtcp).ok()?,
            reports: 0,
        })
    }

    /// Encrypts a packet of audio whose header has `header` bytes. `index` is its extended sequence number, and no two
    /// different packets of a source may have the same (RFC 7714, 8.4). `None` if it is shorter than its header, and is not
    /// to be sent then.
    pub fn seal_rtp(&self, ssrc: u32, index: u64, header: usize, packet: &mut Vec<u8>) -> Option<()> {
        self.rtp.seal_rtp(Message { ssrc, index }, header, packet).ok()
    }

    /// Encrypts a compound packet of reports. `None` if it has no header, or when so many were sent that new keys are
    /// needed (RFC 3711, 9.2), after 13 years of five a second; it is not to be sent then.
    pub fn seal_rtcp(&mut self, packet: &mut Vec<u8>) -> Option<()> {
        let ssrc = source_of_reports(packet)?;
        let index = self.reports;
        self.reports = index.checked_add(1).filter(|next| next & ENCRYPTED == 0)?;
        let message = Message {
            ssrc,
            index: index.into(),
        };
        let trailer = (index | ENCRYPTED).to_be_bytes();
        self.rtcp
            .seal_rtcp(message, RTCP_PLAIN_BYTES, trailer, packet)
            .ok()
    }
}
