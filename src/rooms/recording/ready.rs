//! What webhooks are told of a recording.

use serde::Serialize;

use super::{Recording, RecordingStatus};
use crate::protocol::TrackKind;
use crate::rooms::Timestamp;

/// A recording as the API shows it, but for the link, which is made when it is asked for.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ready<'a> {
    id: &'a str,
    room_id: &'a str,
    kind: TrackKind,
    participant_identity: Option<&'a str>,
    participant_name: Option<&'a str>,
    character_id: Option<&'a str>,
    status: RecordingStatus,
    reason: Option<&'a str>,
    duration_ms: u64,
    size_bytes: u64,
    started_at: Timestamp,
    created_at: Timestamp,
}

impl<'a> From<&'a Recording> for Ready<'a> {
    fn from(recording: &'a Recording) -> Self {
        Self {
            id: &recording.id,
            room_id: &recording.room_id,
            kind: recording.kind,
            participant_identity: recording.identity.as_deref(),
            participant_name: recording.name.as_deref(),
            character_id: recording.character_id.as_deref(),
            status: recording.status(),
            reason: recording.reason.as_deref(),
            duration_ms: recording.duration_ms(),
            size_bytes: recording.size_bytes,
            started_at: recording.started_at,
            created_at: recording.created_at,
        }
    }
}
