//! A recording as every surface shows it.

use serde::Serialize;
use utoipa::ToSchema;

use super::super::state::Api;
use super::link::link;
use crate::protocol::TrackKind;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::list::After;
use crate::rooms::recording::{Recording, RecordingStatus};

/// A recording with a link to its file.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(in crate::api) struct RecordingAnswer {
    /// `rec_…`.
    id: String,
    /// `room_…`.
    room_id: String,
    /// `participant` or `mix`.
    kind: TrackKind,
    /// LiveKit identity of the participant; null for the mix.
    #[schema(required = true)]
    participant_identity: Option<String>,
    /// Name of the participant.
    #[schema(required = true)]
    participant_name: Option<String>,
    /// The character, if it is one.
    #[schema(required = true)]
    character_id: Option<String>,
    /// `complete` or `partial`.
    status: RecordingStatus,
    /// Why it is partial.
    #[schema(required = true)]
    reason: Option<String>,
    /// How long it plays, ms.
    duration_ms: u64,
    /// Size of its Opus file.
    size_bytes: u64,
    /// The moment at which the file begins, the same for all of a room.
    started_at: Timestamp,
    /// When it became ready.
    created_at: Timestamp,
    /// Its file; add `&format=wav` for WAV. Needs no key.
    url: String,
    /// When `url` can be used no longer.
    expires_at: Timestamp,
    #[serde(skip)]
    seq: i64,
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
            seq: recording.seq,
        }
    }

    /// Where it stands among its room's.
    pub(in crate::api) fn seq(&self) -> &i64 {
        &self.seq
    }
}

/// All recordings of a room, the mix first, with links made `now`. The caller has seen that the room is the
/// project's.
pub(in crate::api) async fn recordings_of(
    api: &Api,
    room_id: &str,
    now: Timestamp,
) -> Result<Vec<RecordingAnswer>, Error> {
    let recordings = api.rooms.store.recordings(room_id, After::Nothing, None).await?;
    Ok(recordings
        .into_iter()
        .map(|recording| RecordingAnswer::new(api, recording, now))
        .collect())
}
