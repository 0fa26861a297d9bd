//! `changes`.

use crate::character::Character;
use crate::rooms::room::Participant;
use crate::rooms::store::PendingChange;

const ADDED: &str = "participant_added";
const REMOVED: &str = "participant_removed";
const ROOM_ENDED: &str = "room_ended";

/// A change to note down.
#[derive(Debug, Clone, Copy)]
pub(in crate::rooms::store) enum Noted<'a> {
    /// The participant with this id joined.
    Added(&'a str),
    /// The participant with this id left.
    Removed(&'a str),
    /// The room is over.
    RoomEnded,
}

impl<'a> Noted<'a> {
    /// Columns `kind` and `participant_id`.
    pub(in crate::rooms::store) fn columns(self) -> (&'static str, Option<&'a str>) {
        match self {
            Self::Added(id) => (ADDED, Some(id)),
            Self::Removed(id) => (REMOVED, Some(id)),
            Self::RoomEnded => (ROOM_ENDED, None),
        }
    }
}

/// A change with its room's LiveKit name.
#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct ChangeRow {
    pub(in crate::rooms::store) seq: i64,
    pub(in crate::rooms::store) room_id: String,
    pub(in crate::rooms::store) kind: String,
    pub(in crate::rooms::store) participant_id: Option<String>,
    pub(in crate::rooms::store) livekit_room: String,
}

impl ChangeRow {
    /// The change, given its participant and, unless a built-in, who that is.
    pub(in crate::rooms::store) fn into_pending(
        self,
        participant: Option<Participant>,
        character: Option<Character>,
    ) -> Option<PendingChange> {
        match (self.kind.as_str(), participant) {
            (ADDED, Some(participant)) => Some(PendingChange::Added {
                room_id: self.room_id,
                livekit_room: self.livekit_room,
                participant,
                character: character.map(Box::new),
            }),
            (REMOVED, Some(participant)) => Some(PendingChange::Removed {
                room_id: self.room_id,
                character_id: participant.character_id,
            }),
            (ROOM_ENDED, _) => Some(PendingChange::RoomEnded {
                room_id: self.room_id,
            }),
            _ => None,
        }
    }
}
