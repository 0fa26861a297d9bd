//! The timeline of a room as its readers see it.

use serde::Serialize;
use utoipa::ToSchema;

use super::Timestamp;
use crate::protocol::{SpeakerType, TimelineEntry, TurnStages};

/// One immutable line of the timeline.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// `entry_…`.
    pub id: String,
    /// When it was stored.
    pub created_at: Timestamp,
    /// `room_…`.
    pub room_id: String,
    /// Person or character.
    pub speaker_type: SpeakerType,
    /// The character; `None` for a person.
    #[schema(required = true)]
    pub character_id: Option<String>,
    /// LiveKit identity of the speaker.
    #[schema(required = true)]
    pub speaker_identity: Option<String>,
    /// Name of the speaker.
    #[schema(required = true)]
    pub speaker_name: Option<String>,
    /// What was heard.
    pub content: String,
    /// It came when its claim was over, and may have been said before what stands above it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// The trace of the turn in which a character said it: 32 hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// How that turn came about.
    #[serde(skip)]
    pub stages: Option<TurnStages>,
    /// Position in the database.
    #[serde(skip)]
    pub seq: i64,
}

impl From<Entry> for TimelineEntry {
    fn from(entry: Entry) -> Self {
        Self {
            id: entry.id,
            created_at: entry.created_at.to_rfc3339(),
            speaker_type: entry.speaker_type,
            character_id: entry.character_id,
            speaker_identity: entry.speaker_identity,
            speaker_name: entry.speaker_name,
            content: entry.content,
        }
    }
}
