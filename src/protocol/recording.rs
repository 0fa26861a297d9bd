//! How recorded sound reaches the API.
//!
//! A worker first tells which tracks there are (`POST …/recordings`), then puts segments
//! (`PUT …/recordings/{epoch}/{track}/{sequence}`, an Ogg/Opus file as the body, the rest as query parameters),
//! and last tells the same tracks with their ends, `finished`. All of it may be repeated.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a track holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TrackKind {
    /// One participant's sound.
    Participant,
    /// Everyone's together.
    Mix,
}

/// Why a recording is not whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordingFault {
    /// The worker's machine was too late for some of the sound.
    FramesDropped,
    /// Sound could not be encoded.
    EncodingFailed,
    /// More participants came than are recorded.
    TooManyTracks,
    /// The worker's folder for segments was full or broken while the API did not take them.
    SpoolFull,
    /// The API did not take a segment.
    UploadFailed,
    /// The worker went away before it had handed in everything.
    WorkerLost,
    /// Segments never came.
    SegmentsMissing,
}

/// Body of `POST /worker/v1/rooms/{id}/recordings`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordingRequest {
    /// The worker that holds the room.
    pub worker_id: String,
    /// The claim's epoch; a stale one is refused with 409 `stale_epoch`.
    pub epoch: u64,
    /// Up to 1 000 tracks; what was told of a track before is replaced.
    pub tracks: Vec<RecordedTrack>,
    /// Nothing follows under this epoch.
    #[serde(default)]
    pub finished: bool,
}

/// One track of a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RecordedTrack {
    /// Its number within the epoch, from 0.
    pub track: u32,
    /// What it holds.
    pub kind: TrackKind,
    /// LiveKit identity; empty for the mix.
    #[serde(default)]
    pub identity: String,
    /// Name of the participant.
    #[serde(default)]
    pub name: Option<String>,
    /// The character, if it is one.
    #[serde(default)]
    pub character_id: Option<String>,
    /// Segments that there are, once the track is over.
    #[serde(default)]
    pub segments: Option<u32>,
    /// Why it is not whole.
    #[serde(default)]
    pub fault: Option<RecordingFault>,
}

/// Query of `PUT …/recordings/{epoch}/{track}/{sequence}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SegmentQuery {
    /// The worker that holds the room.
    pub worker_id: String,
    /// Where the segment begins, ms since the room's start.
    pub start_ms: u64,
    /// BLAKE3 of the body, 64 hexadecimal digits.
    pub blake3: String,
}

/// Answer to both.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordingResponse {
    /// It is stored.
    pub stored: bool,
}
