//! `participants`.

use std::collections::HashMap;

use crate::rooms::Timestamp;
use crate::rooms::id::new_id;
use crate::rooms::room::{Participant, agent_identity};

#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct ParticipantRow {
    pub(in crate::rooms::store) id: String,
    pub(in crate::rooms::store) room_id: String,
    pub(in crate::rooms::store) character_id: String,
    pub(in crate::rooms::store) conversation_id: String,
    pub(in crate::rooms::store) created_at: Timestamp,
    pub(in crate::rooms::store) left_at: Option<Timestamp>,
}

impl ParticipantRow {
    /// A character that joins now, with a memory of its own.
    pub(in crate::rooms::store) fn new(room_id: &str, character_id: &str, at: Timestamp) -> Self {
        Self {
            id: new_id("participant"),
            room_id: room_id.to_owned(),
            character_id: character_id.to_owned(),
            conversation_id: new_id("conv"),
            created_at: at,
            left_at: None,
        }
    }

    /// Rows by their rooms, each in the order given.
    pub(in crate::rooms::store) fn by_room(rows: Vec<Self>) -> HashMap<String, Vec<Participant>> {
        let mut cast: HashMap<String, Vec<Participant>> = HashMap::new();
        for row in rows {
            cast.entry(row.room_id.clone()).or_default().push(row.into());
        }
        cast
    }
}

impl From<ParticipantRow> for Participant {
    fn from(row: ParticipantRow) -> Self {
        Self {
            livekit_identity: agent_identity(&row.character_id),
            id: row.id,
            created_at: row.created_at,
            room_id: row.room_id,
            character_id: row.character_id,
            conversation_id: row.conversation_id,
            left_at: row.left_at,
        }
    }
}
