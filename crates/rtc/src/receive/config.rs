use crate::opus::Channels;

/// Samples per channel of one pulled frame: 10 ms at 48 kHz.
pub const FRAME_SAMPLES: usize = 480;

/// Samples per channel and millisecond.
pub(crate) const SAMPLES_PER_MS: i64 = 48;

/// Packets that may wait. At 20 ms each, five times the longest delay; a sender of shorter packets fills it
/// sooner. Full: the oldest is dropped and counted in [`ReceiverStats::discarded`](super::ReceiverStats).
pub const BUFFER_CAPACITY_PACKETS: usize = 128;

/// How to play a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReceiverConfig {
    /// Channels of the pulled frames.
    pub channels: Channels,
    /// The delay on a perfect network, in ms from a packet's earliest arrival to its playout. Less than the
    /// caller's clock granularity (10 ms) makes gaps.
    pub delay_ms_min: u32,
    /// The longest delay, in ms; what would wait longer is dropped.
    pub delay_ms_max: u32,
}

impl Default for ReceiverConfig {
    fn default() -> Self {
        Self {
            channels: Channels::Mono,
            delay_ms_min: 20,
            delay_ms_max: 500,
        }
    }
}
