//! Rooms, their cast and their timeline.

use serde_json::{Value, json};
use troupe::rooms::room::Surface;

use super::operation::{Holding, Place};
use super::{Model, Room, Stay, refused};

impl Model {
    pub(super) fn insert(&mut self, project: usize, surface: Surface) -> Value {
        self.rooms.push(Room {
            project,
            surface,
            started: None,
            ended: false,
            cast: Vec::new(),
            livekit_open: false,
            epoch: 0,
            holder: None,
            aged: false,
            frozen: false,
            failures: 0,
            entries: Vec::new(),
            sequences: Default::default(),
            claims: Vec::new(),
        });
        Value::Null
    }

    fn find(&mut self, at: Place) -> Result<&mut Room, Value> {
        let room = &mut self.rooms[at.room];
        match room.project == at.project {
            true => Ok(room),
            false => Err(refused("no room")),
        }
    }

    fn active(&mut self, at: Place) -> Result<&mut Room, Value> {
        self.find(at).and_then(|room| match room.ended {
            true => Err(refused("room_ended")),
            false => Ok(room),
        })
    }

    pub(super) fn add(&mut self, at: Place, character: usize) -> Value {
        let room = match self.active(at) {
            Ok(room) => room,
            Err(refusal) => return refusal,
        };
        let holder = room.holder;
        let new = !room.present().contains(&character);
        if new {
            room.cast.push(Stay {
                character,
                present: true,
            });
            self.note(holder, "added", at.room, Some(character));
        }
        json!({"new": new, "worker": holder})
    }

    pub(super) fn remove(&mut self, at: Place, character: usize) -> Value {
        let room = match self.active(at) {
            Ok(room) => room,
            Err(refusal) => return refusal,
        };
        let (holder, open) = (room.holder, room.livekit_open);
        let Some(stay) = room
            .cast
            .iter_mut()
            .find(|stay| stay.present && stay.character == character)
        else {
            return refused("no participant");
        };
        stay.present = false;
        self.note(holder, "removed", at.room, Some(character));
        json!({"worker": holder, "open": open})
    }

    pub(super) fn start(&mut self, at: Place) -> Value {
        let next = self.starts + 1;
        let room = match self.active(at) {
            Ok(room) => room,
            Err(refusal) => return refusal,
        };
        if room.started.is_some() {
            return json!("already");
        }
        if room.present().is_empty() {
            return refused("no_participants");
        }
        room.started = Some(next);
        room.frozen = false;
        room.livekit_open = true;
        self.starts = next;
        json!("now")
    }

    pub(super) fn end(&mut self, at: Place) -> Value {
        let room = match self.find(at) {
            Ok(room) => room,
            Err(refusal) => return refusal,
        };
        let (holder, open, cast) = (room.holder, room.livekit_open, room.present());
        self.finish(at.room);
        json!({"worker": holder, "open": open, "cast": cast})
    }

    /// Ends a room unless it has ended; its holder is told.
    pub(super) fn finish(&mut self, at: usize) {
        let room = &mut self.rooms[at];
        if !room.ended {
            room.ended = true;
            let holder = room.holder;
            self.note(holder, "ended", at, None);
        }
    }

    pub(super) fn read(&mut self, at: Place) -> Value {
        match self.find(at) {
            Ok(room) => room.shown(at.room),
            Err(refusal) => refusal,
        }
    }

    pub(super) fn list(&self, project: usize) -> Value {
        let active = self
            .rooms
            .iter()
            .enumerate()
            .rev()
            .filter(|(_, room)| room.project == project && room.surface == Surface::Voice && !room.ended);
        active.map(|(at, room)| room.shown(at)).collect()
    }

    pub(super) fn open_livekit(&mut self, at: Place) -> Value {
        match self.active(at) {
            Ok(room) => {
                room.livekit_open = true;
                room.shown(at.room)
            }
            Err(refusal) => refusal,
        }
    }

    pub(super) fn close_livekit(&mut self, at: usize) -> Value {
        let room = &mut self.rooms[at];
        if room.ended {
            room.livekit_open = false;
        }
        Value::Null
    }

    pub(super) fn to_close(&self) -> Value {
        let open = self.rooms.iter().enumerate();
        open.filter(|(_, room)| room.ended && room.livekit_open)
            .map(|(at, _)| at)
            .collect()
    }

    pub(super) fn overdue(&self, started: u64) -> Value {
        let mut overdue: Vec<(u64, usize)> = self
            .rooms
            .iter()
            .enumerate()
            .filter(|(_, room)| !room.ended)
            .filter_map(|(at, room)| Some((room.started.filter(|begun| *begun < started)?, at)))
            .collect();
        overdue.sort_unstable();
        overdue.into_iter().map(|(_, at)| at).collect()
    }

    pub(super) fn append(&mut self, held: Holding, first: u64, count: u64) -> Value {
        let room = &mut self.rooms[held.room];
        if room.holder != Some(held.worker) || room.epoch != held.epoch {
            return refused("stale_epoch");
        }
        let stored = room.sequences.entry(held.epoch).or_default();
        if first > *stored + 1 {
            return refused("sequence_gap");
        }
        for sequence in first..first + count {
            if sequence > *stored {
                *stored = sequence;
                room.entries.push(format!("{}.{sequence}", held.epoch));
            }
        }
        json!(*stored)
    }

    pub(super) fn entries(&self, room: usize, after: Option<usize>, limit: Option<u32>) -> Value {
        let from = after.map_or(0, |after| after + 1);
        let most = limit.map_or(usize::MAX, |limit| limit as usize);
        self.rooms[room].entries[from..]
            .iter()
            .take(most)
            .cloned()
            .collect()
    }

    pub(super) fn entry_count(&self, room: usize) -> usize {
        self.rooms[room].entries.len()
    }

    pub(super) fn stored(&self, room: usize, epoch: u64) -> u64 {
        self.rooms[room].sequences.get(&epoch).copied().unwrap_or(0)
    }
}

impl Room {
    pub(super) fn is_active(&self) -> bool {
        !self.ended
    }

    /// Who is in it; of an ended one, who stayed to the end.
    pub(super) fn present(&self) -> Vec<usize> {
        let present = self.cast.iter().filter(|stay| stay.present);
        present.map(|stay| stay.character).collect()
    }

    fn shown(&self, at: usize) -> Value {
        json!({
            "room": at,
            "surface": self.surface.as_str(),
            "started": self.started.is_some(),
            "ended": self.ended,
            "cast": self.present(),
        })
    }

    pub(super) fn last_entries(&self) -> &[String] {
        &self.entries
    }
}
