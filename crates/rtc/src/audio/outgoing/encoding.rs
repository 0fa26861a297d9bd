use crate::opus::{Encoded, Encoder, EncoderConfig, OpusError};

/// An encoder that is made when there is something to encode: it takes 115 KB, and a track that never speaks, or
/// whose audio was encoded beforehand, needs none.
#[derive(Debug)]
pub(super) struct Encoding {
    config: EncoderConfig,
    encoder: Option<Encoder>,
}

impl Encoding {
    pub(super) fn new(config: EncoderConfig) -> Self {
        Self {
            config,
            encoder: None,
        }
    }

    /// Follows what the other side reports as lost, 0 to 100.
    pub(super) fn set_loss(&mut self, percent: u8) {
        if percent != self.config.loss_percent {
            self.config.loss_percent = percent;
            self.adapt();
        }
    }

    /// Takes over a bit rate; true if it is another one.
    pub(super) fn set_bitrate(&mut self, bps: u32) -> bool {
        let changes = bps != self.config.bitrate_bps;
        if changes {
            self.config.bitrate_bps = bps;
            self.adapt();
        }
        changes
    }

    fn adapt(&mut self) {
        let Self { config, encoder } = self;
        if let Some(encoder) = encoder {
            encoder.adapt(config.bitrate_bps, config.loss_percent);
        }
    }

    /// Encodes one frame, as [`Encoder::encode`] does.
    pub(super) fn encode(&mut self, pcm: &[i16]) -> Result<Encoded<'_>, OpusError> {
        let encoder = match &mut self.encoder {
            Some(encoder) => encoder,
            none => none.insert(Encoder::new(self.config)?),
        };
        encoder.encode(pcm)
    }
}
