//! `entries`.

use crate::protocol::{NewEntry, SpeakerType};
use crate::rooms::Timestamp;
use crate::rooms::transcript::Entry;

const USER: &str = "user";
const AGENT: &str = "agent";

#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct EntryRow {
    seq: i64,
    id: String,
    room_id: String,
    created_at: Timestamp,
    speaker_type: String,
    character_id: Option<String>,
    speaker_identity: Option<String>,
    speaker_name: Option<String>,
    content: String,
    late: bool,
    trace_id: Option<String>,
    stages: Option<String>,
}

impl EntryRow {
    /// Column `speaker_type`.
    pub(in crate::rooms::store) fn speaker(speaker: SpeakerType) -> &'static str {
        match speaker {
            SpeakerType::User => USER,
            SpeakerType::Agent => AGENT,
        }
    }

    /// Column `stages`.
    pub(in crate::rooms::store) fn stages(entry: &NewEntry) -> Option<String> {
        let turn = entry.turn.as_ref()?;
        // Numbers and fixed words: they can be written.
        serde_json::to_string(&turn.stages).ok()
    }
}

impl From<EntryRow> for Entry {
    fn from(row: EntryRow) -> Self {
        Self {
            id: row.id,
            created_at: row.created_at,
            room_id: row.room_id,
            speaker_type: if row.speaker_type == AGENT {
                SpeakerType::Agent
            } else {
                SpeakerType::User
            },
            character_id: row.character_id,
            speaker_identity: row.speaker_identity,
            speaker_name: row.speaker_name,
            content: row.content,
            late: row.late,
            trace_id: row.trace_id,
            stages: row.stages.and_then(|stages| serde_json::from_str(&stages).ok()),
            seq: row.seq,
        }
    }
}
