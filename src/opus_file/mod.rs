//! Ogg/Opus files (RFC 7845) of one voice: mono, 48 kHz, one packet for each 20 ms.
//!
//! That every packet is as long as every other makes a file's length and any place in it plain arithmetic, and
//! lets files be joined packet by packet without decoding them.

mod decode;
mod error;
mod head;
mod read;
mod write;

pub use decode::PcmReader;
pub use error::OpusFileError;
pub use read::{OpusReader, packets_of};
pub use write::OpusWriter;

/// Samples a second, of every file and of the PCM made from it.
pub const RATE_HZ: u32 = troupe_rtc::opus::SAMPLE_RATE_HZ;
/// Samples of one packet: 20 ms.
pub const PACKET_SAMPLES: usize = RATE_HZ as usize / 50;
/// Length of one packet, ms.
pub const PACKET_MS: u64 = 20;
/// Samples that the encoder holds back, which a player skips at the beginning.
pub const PRE_SKIP_SAMPLES: u64 = 312;
/// A packet of digital silence. Decoders begin anew after it, so it may stand for whatever is missing.
pub const SILENCE: [u8; 3] = [0xf8, 0xff, 0xfe];
/// Media type of such a file.
pub const CONTENT_TYPE: &str = "audio/ogg; codecs=opus";

/// Samples that a file of so many packets plays.
pub fn samples_of(packets: u64) -> u64 {
    (packets * PACKET_SAMPLES as u64).saturating_sub(PRE_SKIP_SAMPLES)
}

#[cfg(test)]
mod tests;
