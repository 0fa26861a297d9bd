//! Started rooms with their `livekit_watch`.

use super::RoomRow;
use crate::protocol::Mode;
use crate::rooms::Timestamp;
use crate::rooms::reconcile::Played;

#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct PlayedRow {
    seq: i64,
    id: String,
    livekit_room: String,
    mode: String,
    nobody_since: Option<Timestamp>,
}

impl From<PlayedRow> for Played {
    fn from(row: PlayedRow) -> Self {
        let scripted = row.mode == RoomRow::mode(Mode::Scripted);
        Self {
            seq: row.seq,
            room_id: row.id,
            livekit_room: row.livekit_room,
            mode: if scripted { Mode::Scripted } else { Mode::Freeform },
            nobody_since: row.nobody_since,
        }
    }
}
