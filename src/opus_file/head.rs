//! The two header packets.

use super::error::OpusFileError;
use super::{PRE_SKIP_SAMPLES, RATE_HZ};

const MAGIC: &[u8] = b"OpusHead";
const TAGS_MAGIC: &[u8] = b"OpusTags";
const VENDOR: &[u8] = b"troupe";
const VERSION: u8 = 1;
const CHANNELS: u8 = 1;

/// The identification header.
pub(super) fn identification() -> Vec<u8> {
    let mut head = MAGIC.to_vec();
    head.extend([VERSION, CHANNELS]);
    head.extend(u16::try_from(PRE_SKIP_SAMPLES).unwrap_or(0).to_le_bytes());
    head.extend(RATE_HZ.to_le_bytes());
    // No gain, and the mapping of mono and stereo.
    head.extend([0, 0, 0]);
    head
}

/// The comment header; it says nothing about who speaks.
pub(super) fn comments() -> Vec<u8> {
    let mut tags = TAGS_MAGIC.to_vec();
    tags.extend(u32::try_from(VENDOR.len()).unwrap_or(0).to_le_bytes());
    tags.extend(VENDOR);
    tags.extend(0_u32.to_le_bytes());
    tags
}

/// Takes only what [`identification`] writes.
pub(super) fn check_identification(packet: &[u8]) -> Result<(), OpusFileError> {
    if packet == identification() {
        Ok(())
    } else {
        Err(OpusFileError::Unlike("its first packet is another"))
    }
}

pub(super) fn check_comments(packet: &[u8]) -> Result<(), OpusFileError> {
    if packet.starts_with(TAGS_MAGIC) {
        Ok(())
    } else {
        Err(OpusFileError::Unlike("its second packet holds no comments"))
    }
}
