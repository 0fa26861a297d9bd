//! One track's encoder.

use troupe_rtc::opus::{Channels, Encoded, Encoder, EncoderConfig, OpusError};

use crate::opus_file::{PACKET_SAMPLES, SILENCE};

/// Average bit rate of sound: speech at full bandwidth without audible loss.
const BITRATE_BPS: u32 = 32_000;
/// Effort of the encoder, 0–10. More costs time and is not heard in speech.
const COMPLEXITY: u8 = 5;
/// Packets of silence that are still encoded, so that sound fades out; afterwards silence costs nothing.
const FADE_PACKETS: u32 = 10;

/// Encodes PCM; digital silence becomes [`SILENCE`].
pub(super) struct Voice {
    encoder: Encoder,
    silent_packets: u32,
}

impl Voice {
    pub(super) fn new() -> Result<Self, OpusError> {
        let config = EncoderConfig {
            channels: Channels::Mono,
            bitrate_bps: BITRATE_BPS,
            fec: false,
            dtx: false,
            loss_percent: 0,
            complexity: COMPLEXITY,
        };
        Ok(Self {
            encoder: Encoder::new(config)?,
            silent_packets: FADE_PACKETS,
        })
    }

    pub(super) fn encode(&mut self, pcm: &[i16; PACKET_SAMPLES]) -> Result<&[u8], OpusError> {
        self.silent_packets = if pcm.iter().all(|sample| *sample == 0) {
            self.silent_packets.saturating_add(1)
        } else {
            0
        };
        if self.silent_packets > FADE_PACKETS {
            return Ok(&SILENCE);
        }
        match self.encoder.encode(pcm)? {
            Encoded::Packet(packet) => Ok(packet),
            Encoded::Silence => Ok(&SILENCE),
        }
    }
}
