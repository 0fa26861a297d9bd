//! A recording as every surface shows it.

use serde::Serialize;

use super::super::state::Api;
use super::link::link;
use crate::protocol::TrackKind;
use crate::rooms::Timestamp;
use crate::rooms::recording::{Recording, RecordingStatus};

/// A recording with a link to its file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::api) struct RecordingAnswer {
    id: String,
    room_id: String,
    /// `participant` or `mix`.
    kind: TrackKind,
    participant_identity: Option<String>,
    participant_name: Option<String>,
    character_id: Option<String>,
    /// `complete` or `partial`.
    status: RecordingStatus,
    /// Why it is partial.
    reason: Option<String>,
    duration_ms: u64,
    size_bytes: u64,
    /// The moment at which the file begins, the same for all of a room.
    started_at: Timestamp,
    created_at: Timestamp,
    url: String,
    /// When `url` can be used no longer.
    expires_at: Timestamp,
}

impl RecordingAnswer {
    /// The recording, with a link made `now`.
    pub(in crate::api) fn new(api: &Api, recording: Recording, now: Timestamp) -> Self {
        let (url, expires_at) = link(api, &recording.id, now);
        Self {
            status: recording.status(),
            duration_ms: recording.duration_ms(),
            id: recording.id,
            room_id: recording.room_id,
            kind: recording.kind,
            participant_identity: recording.identity,
            participant_name: recording.name,
            character_id: recording.character_id,
            reason: recording.reason,
            size_bytes: recording.size_bytes,
            started_at: recording.started_at,
            created_at: recording.created_at,
            url,
            expires_at,
        }
    }

    pub(in crate::api) fn id(&self) -> &str {
        &self.id
    }
}
