use opus_pure::{OpusMode, packet};

/// The largest payload that announces silence and holds no audio. An encoder that stops sending in silence
/// (DTX) sends one such packet first; libwebrtc draws the line at the same size.
pub const DTX_PACKET_BYTES_MAX: usize = 2;

/// What a packet says about itself before it is decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PacketShape {
    /// Length of the whole packet in samples per channel.
    pub samples: usize,
    /// Length of its first frame in samples per channel: what in-band FEC can restore before this packet.
    pub frame_samples: usize,
    /// Announces silence instead of holding audio.
    pub is_dtx: bool,
    /// Carries a redundant copy of the frame before it.
    pub has_fec: bool,
}

impl PacketShape {
    /// Reads the table-of-contents byte and the redundancy flags; `None` if the payload is not Opus.
    pub fn read(payload: &[u8]) -> Option<Self> {
        let samples = packet::samples_48k(payload).ok()?;
        let frame_samples = packet::samples_per_frame(payload, 48_000).ok()?;
        let is_dtx = payload.len() <= DTX_PACKET_BYTES_MAX;
        Some(Self {
            samples,
            frame_samples,
            is_dtx,
            has_fec: !is_dtx && has_fec(payload, frame_samples),
        })
    }
}

/// Finds the LBRR flag at the head of a SILK frame (RFC 6716, section 4.2.3): per channel one voice flag for
/// each 20 ms, then the flag asked for. Only single-frame packets are read, which is all that voice uses.
fn has_fec(payload: &[u8], frame_samples: usize) -> bool {
    let (Ok(1), Ok(mode)) = (packet::frame_count(payload), packet::mode(payload)) else {
        return false;
    };
    let (Some(toc), Some(head)) = (payload.first(), payload.get(1)) else {
        return false;
    };
    // A code 3 packet has framing bytes before the frame.
    if mode == OpusMode::CeltOnly || toc & 0x03 != 0 {
        return false;
    }
    let voice_flags = (frame_samples / 960).max(1);
    let mid = (head >> (7 - voice_flags)) & 1 == 1;
    let stereo = packet::channels(payload).is_ok_and(|count| count == 2);
    // With stereo the side channel's flags follow; at 60 ms its flag is the lowest bit.
    let side = stereo && (head >> 6usize.saturating_sub(2 * voice_flags)) & 1 == 1;
    mid || side
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn refuses_what_is_not_opus() {
        assert_eq!(PacketShape::read(&[]), None);
        assert_eq!(PacketShape::read(&[0xfb, 0]), None, "code 3 packet of no frames");
        assert_eq!(PacketShape::read(&[0xfb, 48]), None, "more than 120 ms");
    }

    #[test]
    fn reads_length_and_silence() {
        let shape = PacketShape::read(&[19 << 3]).unwrap();
        assert_eq!((shape.samples, shape.is_dtx, shape.has_fec), (960, true, false));
        let shape = PacketShape::read(&[(19 << 3) | 3, 3, 0, 0]).unwrap();
        assert_eq!((shape.samples, shape.frame_samples), (2880, 960));
    }
}
