use super::{OPUS_CLOCK_HZ, level_db};
use crate::opus::{Encoded, Encoder, EncoderConfig, OpusError};

/// The length of one packet, in milliseconds.
const PACKET_MS: u32 = 20;

/// Audio that was encoded beforehand, once for as many connections as play it: announcements, music for those
/// who wait, the load of a test. A source that is made of it plays it in a loop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedAudio {
    packets: Vec<Packet>,
}

/// One packet, empty where nothing is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Packet {
    pub(crate) payload: Vec<u8>,
    pub(crate) level_db: i8,
}

impl EncodedAudio {
    /// Samples per channel of one packet.
    pub const PACKET_SAMPLES: u32 = OPUS_CLOCK_HZ / 1000 * PACKET_MS;

    /// Encodes PCM at 48 kHz, interleaved in the configuration's channels; the last packet is filled up with
    /// silence.
    ///
    /// # Errors
    /// When the codec does not take the configuration.
    pub fn encode(pcm: &[i16], config: EncoderConfig) -> Result<Self, OpusError> {
        let mut encoder = Encoder::new(config)?;
        let samples = Self::PACKET_SAMPLES as usize * config.channels.count();
        let mut packets = Vec::with_capacity(pcm.len().div_ceil(samples));
        for block in pcm.chunks(samples) {
            let mut whole = block.to_vec();
            whole.resize(samples, 0);
            let payload = match encoder.encode(&whole)? {
                Encoded::Packet(payload) => payload.to_vec(),
                Encoded::Silence => Vec::new(),
            };
            packets.push(Packet {
                payload,
                level_db: level_db(&whole),
            });
        }
        Ok(Self { packets })
    }

    /// The packet at a place in the loop; `None` if there is none at all.
    pub(crate) fn at(&self, place: usize) -> Option<&Packet> {
        self.packets.get(place.checked_rem(self.packets.len())?)
    }
}
