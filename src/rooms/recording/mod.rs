//! Recordings of rooms: segments as workers hand them in, and the files that they become when a room is over.
//!
//! ```text
//! worker ─► segments (rows and objects) ─► plan (pure) ─► join ─► recordings (rows and objects)
//! ```

mod folder;
mod join;
mod object_reader;
mod objects;
mod plain_path;
mod plan;
mod ready;
mod s3;
mod segment;

use serde::Serialize;
use utoipa::ToSchema;

pub use folder::FolderObjects;
pub use join::{Joined, join};
pub use object_reader::ObjectReader;
pub use objects::{Draft, Objects};
pub(crate) use plain_path::is_plain_path;
pub use plan::{Plan, Step, Take, TakenTrack, plan};
pub use ready::Ready;
pub use s3::S3Objects;
pub use segment::{NewSegment, SEGMENT_BYTES_MAX, SEGMENT_PACKETS_MAX, SegmentRow, SegmentStored};

use super::Timestamp;
use crate::opus_file::samples_of;
use crate::protocol::{RecordingFault, TrackKind};

/// Whether all was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum RecordingStatus {
    /// From its beginning to its end.
    Complete,
    /// Something is missing; silence stands in its place.
    Partial,
}

/// A room whose segments wait to be joined.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct RoomToJoin {
    /// `room_…`.
    pub id: String,
    /// When it was started.
    pub started_at: Timestamp,
}

/// A recording that can be downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// `rec_…`.
    pub id: String,
    /// `room_…`.
    pub room_id: String,
    /// One participant, or all.
    pub kind: TrackKind,
    /// LiveKit identity of the participant.
    pub identity: Option<String>,
    /// Name of the participant.
    pub name: Option<String>,
    /// The character, if it is one.
    pub character_id: Option<String>,
    /// Why it is not whole.
    pub reason: Option<String>,
    /// Packets of 20 ms.
    pub packets: u64,
    /// Size of its file.
    pub size_bytes: u64,
    /// The moment at which it begins.
    pub started_at: Timestamp,
    /// When it was joined.
    pub created_at: Timestamp,
    /// Position in the database; 0 before it is stored.
    pub seq: i64,
}

impl Recording {
    /// Whether all was recorded.
    pub fn status(&self) -> RecordingStatus {
        match self.reason {
            None => RecordingStatus::Complete,
            Some(_) => RecordingStatus::Partial,
        }
    }

    /// How long it plays, ms.
    pub fn duration_ms(&self) -> u64 {
        samples_of(self.packets) * 1000 / u64::from(crate::opus_file::RATE_HZ)
    }

    /// Name of its object.
    pub fn object(&self) -> String {
        object_name(&self.room_id, &self.id)
    }
}

/// The folder of a room's segments.
pub fn segments_folder(room_id: &str) -> String {
    format!("{room_id}/segments")
}

/// Name of a recording's object.
pub fn object_name(room_id: &str, recording_id: &str) -> String {
    format!("{room_id}/{recording_id}.opus")
}

/// A fault as it is stored and shown.
pub fn fault_name(fault: RecordingFault) -> &'static str {
    match fault {
        RecordingFault::FramesDropped => "frames_dropped",
        RecordingFault::EncodingFailed => "encoding_failed",
        RecordingFault::TooManyTracks => "too_many_tracks",
        RecordingFault::SpoolFull => "spool_full",
        RecordingFault::UploadFailed => "upload_failed",
        RecordingFault::WorkerLost => "worker_lost",
        RecordingFault::SegmentsMissing => "segments_missing",
    }
}
