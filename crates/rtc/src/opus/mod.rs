//! Opus (RFC 6716) at 48 kHz, the one codec of a voice room, over the pure-Rust crate `opus-pure`.
//!
//! Samples are signed 16 bit, interleaved. Durations are counted in samples per channel at 48 kHz, the unit
//! of the RTP timestamp of Opus (RFC 7587), whatever bandwidth the packet carries.

mod decoder;
mod encoder;
mod format;
mod packet;

pub use decoder::Decoder;
pub use encoder::{Encoded, Encoder, EncoderConfig};
pub use format::{Channels, Format, Rate};
pub use packet::{DTX_PACKET_BYTES_MAX, PacketShape};

/// Samples per second and channel on the wire, and in every PCM buffer of this crate that names no [`Rate`].
pub const SAMPLE_RATE_HZ: u32 = 48_000;

/// The longest audio one Opus packet can hold, in samples per channel: 120 ms (RFC 6716, section 3.2).
pub const PACKET_SAMPLES_MAX: usize = opus_pure::MAX_PACKET_SAMPLES;

/// Why the codec refused.
#[derive(Debug, thiserror::Error)]
pub enum OpusError {
    /// The packet is not valid Opus; conceal it as if it were lost.
    #[error("decode opus packet: {0}")]
    Packet(opus_pure::Error),
    /// The PCM or the settings cannot be coded; the text names which.
    #[error("encode opus frame: {0}")]
    Frame(opus_pure::Error),
    /// The codec could not be set up.
    #[error("set up opus codec: {0}")]
    Setup(opus_pure::Error),
}
