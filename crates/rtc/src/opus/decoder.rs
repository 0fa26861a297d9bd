use super::{Format, OpusError};

/// Decodes one stream, in order. Missing packets are told to it, so that it can bridge them.
#[derive(Debug)]
pub struct Decoder {
    inner: opus_pure::OpusDecoder,
    format: Format,
}

impl Decoder {
    /// A decoder that gives audio of this format; [`Channels`](super::Channels) alone mean 48 kHz.
    pub fn new(format: impl Into<Format>) -> Result<Self, OpusError> {
        let format = format.into();
        let inner = opus_pure::OpusDecoder::new(format.rate.hz() as i32, format.channels.count());
        Ok(Self {
            inner: inner.map_err(OpusError::Setup)?,
            format,
        })
    }

    /// Decodes a packet into `pcm` (interleaved; room for the packet's length); gives samples per channel.
    pub fn decode(&mut self, payload: &[u8], pcm: &mut [i16]) -> Result<usize, OpusError> {
        if payload.is_empty() {
            return Ok(0);
        }
        let room = pcm.len() / self.format.channels.count();
        self.inner
            .decode_s16(payload, room, pcm)
            .map_err(OpusError::Packet)
    }

    /// Restores the frame lost before `payload` from that packet's redundant copy. `pcm` has the length of
    /// the packet's first frame. Without a usable copy the frame is concealed.
    pub fn decode_fec(&mut self, payload: &[u8], pcm: &mut [i16]) -> Result<usize, OpusError> {
        let room = pcm.len() / self.format.channels.count();
        self.inner
            .decode_fec_s16(payload, room, pcm)
            .map_err(OpusError::Packet)
    }

    /// Makes up audio for a lost packet, quieter with each call. `pcm` is a multiple of 2.5 ms long.
    pub fn conceal(&mut self, pcm: &mut [i16]) -> Result<usize, OpusError> {
        let room = pcm.len() / self.format.channels.count();
        self.inner.decode_s16(&[], room, pcm).map_err(OpusError::Packet)
    }

    /// Forgets the stream, for the next one.
    pub fn reset(&mut self) -> Result<(), OpusError> {
        self.inner.reset_state().map_err(OpusError::Setup)
    }

    /// What its audio looks like.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }
}
