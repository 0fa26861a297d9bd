//! Blocks of PCM.

use std::borrow::Cow;

/// A block of interleaved 16-bit audio.
#[derive(Debug, Clone)]
pub struct AudioFrame<'a> {
    /// The samples, interleaved.
    pub data: Cow<'a, [i16]>,
    /// Samples a second and channel.
    pub sample_rate: u32,
    /// Channels.
    pub num_channels: u32,
    /// Samples in each channel.
    pub samples_per_channel: u32,
}

impl AudioFrame<'_> {
    /// A silent block.
    #[must_use]
    pub fn new(sample_rate: u32, num_channels: u32, samples_per_channel: u32) -> Self {
        let data = vec![0; (num_channels * samples_per_channel) as usize].into();
        Self {
            data,
            sample_rate,
            num_channels,
            samples_per_channel,
        }
    }
}
