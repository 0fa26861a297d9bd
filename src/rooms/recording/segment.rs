//! Segments as they are stored.

use bytes::Bytes;

use super::segments_folder;
use crate::opus_file::{OpusFileError, packets_of};

/// Largest segment, bytes: 10 s at the highest rate of Opus, and some air.
pub const SEGMENT_BYTES_MAX: usize = 1024 * 1024;
/// Longest segment, packets: 10 s.
pub const SEGMENT_PACKETS_MAX: usize = 500;

/// A segment that a worker hands in; it was checked.
#[derive(Debug, Clone)]
pub struct NewSegment {
    /// The room that it is of.
    pub room_id: String,
    /// The claim under which it was recorded.
    pub epoch: u64,
    /// Its track within the epoch.
    pub track: u32,
    /// Its place within the track, from 1.
    pub sequence: u32,
    /// Where it begins, ms since the room's start.
    pub start_ms: u64,
    /// Packets of 20 ms.
    pub packets: u64,
    /// Hash of its file.
    pub blake3: [u8; 32],
    /// The file.
    pub file: Bytes,
}

impl NewSegment {
    /// Counts a file's packets, all of which must be ours.
    ///
    /// # Errors
    /// When it is not an Ogg/Opus file of up to 10 s as workers write it.
    pub fn count(file: &[u8]) -> Result<u64, OpusFileError> {
        Ok(packets_of(file, SEGMENT_PACKETS_MAX)?.len() as u64)
    }

    /// Name of its object.
    pub fn object(&self) -> String {
        segment_object(&self.room_id, self.epoch, self.track, self.sequence)
    }
}

/// What became of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SegmentStored {
    /// It is stored now.
    New,
    /// It was stored before, with the same hash.
    Already,
}

/// A stored segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SegmentRow {
    /// The claim under which it was recorded.
    pub epoch: u64,
    /// Its track within the epoch.
    pub track: u32,
    /// Its place within the track, from 1.
    pub sequence: u32,
    /// Where it begins, ms since the room's start.
    pub start_ms: u64,
    /// Packets of 20 ms.
    pub packets: u64,
}

impl SegmentRow {
    /// Name of its object.
    pub fn object(&self, room_id: &str) -> String {
        segment_object(room_id, self.epoch, self.track, self.sequence)
    }
}

fn segment_object(room_id: &str, epoch: u64, track: u32, sequence: u32) -> String {
    format!("{}/{epoch}-{track}-{sequence}.opus", segments_folder(room_id))
}
