use super::{Channels, DTX_PACKET_BYTES_MAX, OpusError, SAMPLE_RATE_HZ};
use opus_pure::{Application, MAX_PACKET_BYTES, OpusEncoder, Signal};

/// How to encode. The default suits a speaking character: mono, 32 kbit/s, FEC, DTX.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncoderConfig {
    /// Channels of the PCM given.
    pub channels: Channels,
    /// Average bit rate; 500 to 750 000 per channel, clamped.
    pub bitrate_bps: u32,
    /// Send a redundant copy of each frame in the next packet, once loss is expected.
    pub fec: bool,
    /// Stop sending in silence.
    pub dtx: bool,
    /// The share of packets expected to be lost, 0 to 100. FEC is sent only from about 1 on.
    pub loss_percent: u8,
    /// Effort, 0 to 10. From 7 on the encoder analyses the content, at twice the cost; below, DTX sees digital
    /// silence only, which is what a synthetic voice pauses with.
    pub complexity: u8,
}

impl Default for EncoderConfig {
    fn default() -> Self {
        Self {
            channels: Channels::Mono,
            bitrate_bps: 32_000,
            fec: true,
            dtx: true,
            loss_percent: 5,
            complexity: 5,
        }
    }
}

/// What to do after a frame was encoded. The RTP timestamp advances by the frame's length either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoded<'a> {
    /// Send this payload; the first of a silence is only a byte or two.
    Packet(&'a [u8]),
    /// Send nothing, and do not advance the sequence number: silence goes on.
    Silence,
}

/// Encodes one stream, in order.
#[derive(Debug)]
pub struct Encoder {
    inner: OpusEncoder,
    channels: Channels,
    packet: Box<[u8]>,
    in_silence: bool,
}

impl Encoder {
    /// An encoder for speech.
    pub fn new(config: EncoderConfig) -> Result<Self, OpusError> {
        let channels = config.channels;
        let inner = OpusEncoder::new(SAMPLE_RATE_HZ as i32, channels.count(), Application::Voip);
        let mut inner = inner.map_err(OpusError::Setup)?;
        inner.signal_type = Some(Signal::Voice);
        inner.use_inband_fec = config.fec;
        inner.use_dtx = config.dtx;
        inner.complexity = i32::from(config.complexity);
        let packet = vec![0; MAX_PACKET_BYTES].into_boxed_slice();
        let mut encoder = Self {
            inner,
            channels,
            packet,
            in_silence: false,
        };
        encoder.adapt(config.bitrate_bps, config.loss_percent);
        Ok(encoder)
    }

    /// Follows the network: the average bit rate and the share of packets lost, from the next frame on.
    pub fn adapt(&mut self, bitrate_bps: u32, loss_percent: u8) {
        self.inner.bitrate_bps = i32::try_from(bitrate_bps).unwrap_or(i32::MAX).max(1);
        self.inner.packet_loss_perc = i32::from(loss_percent.min(100));
    }

    /// Encodes one frame of 2.5, 5, 10, 20, 40, 60, 80, 100 or 120 ms, interleaved. 20 ms is the usual one.
    pub fn encode(&mut self, pcm: &[i16]) -> Result<Encoded<'_>, OpusError> {
        let samples = pcm.len() / self.channels.count();
        let length = self
            .inner
            .encode_s16(pcm, samples, &mut self.packet)
            .map_err(OpusError::Frame)?;
        let was_silent = self.in_silence;
        self.in_silence = length <= DTX_PACKET_BYTES_MAX;
        if was_silent && self.in_silence {
            return Ok(Encoded::Silence);
        }
        Ok(Encoded::Packet(self.packet.get(..length).unwrap_or_default()))
    }
}
