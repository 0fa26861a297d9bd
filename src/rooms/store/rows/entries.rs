//! `entries`.

use crate::protocol::SpeakerType;
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
}

impl EntryRow {
    /// Column `speaker_type`.
    pub(in crate::rooms::store) fn speaker(speaker: SpeakerType) -> &'static str {
        match speaker {
            SpeakerType::User => USER,
            SpeakerType::Agent => AGENT,
        }
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
            seq: row.seq,
        }
    }
}
