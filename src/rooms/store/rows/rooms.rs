//! `rooms`: the room itself and its lease.

use std::collections::HashMap;

use crate::protocol::{Ambience, Held, Mode};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::lease::{Holder, Lease};
use crate::rooms::room::{Participant, Room, Surface};
use crate::rooms::store::contract::Standing;

const FREEFORM: &str = "freeform";
const SCRIPTED: &str = "scripted";

#[derive(Debug, Clone, sqlx::FromRow)]
pub(in crate::rooms::store) struct RoomRow {
    pub(in crate::rooms::store) seq: i64,
    pub(in crate::rooms::store) id: String,
    pub(in crate::rooms::store) project_id: String,
    pub(in crate::rooms::store) surface: String,
    pub(in crate::rooms::store) name: String,
    pub(in crate::rooms::store) mode: String,
    pub(in crate::rooms::store) scene_prompt: Option<String>,
    pub(in crate::rooms::store) ambience: Option<String>,
    pub(in crate::rooms::store) created_at: Timestamp,
    pub(in crate::rooms::store) started_at: Option<Timestamp>,
    pub(in crate::rooms::store) ended_at: Option<Timestamp>,
    pub(in crate::rooms::store) record: bool,
    pub(in crate::rooms::store) livekit_room: String,
    pub(in crate::rooms::store) livekit_open: bool,
    pub(in crate::rooms::store) epoch: i64,
    pub(in crate::rooms::store) worker_id: Option<String>,
    pub(in crate::rooms::store) claimed_at: Timestamp,
    pub(in crate::rooms::store) claimable_at: Timestamp,
    pub(in crate::rooms::store) failures: i64,
}

/// What a heartbeat compares of a room: a worker holds many and beats often, so nothing else is read.
#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct BeatRow {
    pub(in crate::rooms::store) id: String,
    pub(in crate::rooms::store) ended_at: Option<Timestamp>,
    epoch: i64,
    worker_id: Option<String>,
    claimed_at: Timestamp,
    claimable_at: Timestamp,
    failures: i64,
}

impl BeatRow {
    /// What [`crate::rooms::lease`] decides on.
    pub(in crate::rooms::store) fn lease(&self) -> Lease {
        lease(
            self.epoch,
            self.worker_id.clone(),
            self.claimed_at,
            self.claimable_at,
            self.failures,
        )
    }

    /// Whether a worker's heartbeat means this room under its present epoch.
    pub(in crate::rooms::store) fn is(&self, named: &Held) -> bool {
        self.id == named.room_id && u64::try_from(self.epoch).is_ok_and(|epoch| epoch == named.epoch)
    }
}

/// A lease from its columns.
fn lease(
    epoch: i64,
    worker_id: Option<String>,
    claimed_at: Timestamp,
    claimable_at: Timestamp,
    failures: i64,
) -> Lease {
    Lease {
        epoch: u64::try_from(epoch).unwrap_or(0),
        holder: worker_id.map(|worker_id| Holder {
            worker_id,
            claimed_at_ms: claimed_at.0,
        }),
        claimable_at_ms: claimable_at.0,
        failures: u32::try_from(failures).unwrap_or(u32::MAX),
    }
}

/// A room and whether its worker's lease holds.
#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct HeldRow {
    #[sqlx(flatten)]
    room: RoomRow,
    is_leased: bool,
}

impl TryFrom<HeldRow> for Standing {
    type Error = Error;

    fn try_from(HeldRow { room, is_leased }: HeldRow) -> Result<Self, Error> {
        Ok(Self {
            worker_id: room.worker_id.clone(),
            is_leased,
            claims: room.epoch,
            failures: room.failures,
            room: room.into_room(Vec::new())?,
        })
    }
}

impl RoomRow {
    /// Column `mode`.
    pub(in crate::rooms::store) fn mode(mode: Mode) -> &'static str {
        match mode {
            Mode::Freeform => FREEFORM,
            Mode::Scripted => SCRIPTED,
        }
    }

    /// The room with those who are in it.
    ///
    /// # Errors
    /// When a newer version wrote the row.
    pub(in crate::rooms::store) fn into_room(self, participants: Vec<Participant>) -> Result<Room, Error> {
        Ok(Room {
            surface: Surface::from_name(&self.surface).ok_or(Error::Corrupt("room surface"))?,
            mode: match self.mode.as_str() {
                SCRIPTED => Mode::Scripted,
                _ => Mode::Freeform,
            },
            id: self.id,
            created_at: self.created_at,
            project_id: self.project_id,
            name: self.name,
            scene_prompt: self.scene_prompt,
            ambience: self.ambience.as_deref().and_then(Ambience::from_word),
            started_at: self.started_at,
            ended_at: self.ended_at,
            participants,
            record: self.record,
            livekit_room: self.livekit_room,
            seq: self.seq,
        })
    }

    /// The rooms of `rows`, each with its own of `cast`.
    ///
    /// # Errors
    /// As [`Self::into_room`].
    pub(in crate::rooms::store) fn into_rooms(
        rows: Vec<Self>,
        mut cast: HashMap<String, Vec<Participant>>,
    ) -> Result<Vec<Room>, Error> {
        rows.into_iter()
            .map(|row| {
                let participants = cast.remove(&row.id).unwrap_or_default();
                row.into_room(participants)
            })
            .collect()
    }

    /// What [`crate::rooms::lease`] decides on.
    pub(in crate::rooms::store) fn lease(&self) -> Lease {
        lease(
            self.epoch,
            self.worker_id.clone(),
            self.claimed_at,
            self.claimable_at,
            self.failures,
        )
    }

    /// Refuses what only an active room allows.
    ///
    /// # Errors
    /// When the room has ended.
    pub(in crate::rooms::store) fn must_be_active(&self) -> Result<(), Error> {
        match self.ended_at {
            Some(_) => Err(Error::ROOM_ENDED),
            None => Ok(()),
        }
    }
}
