//! The rooms that this worker holds.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::protocol::{ChangeKind, Held};

/// Changes that wait for a room. Full: the newest is dropped with an error in the log.
pub(super) const CHANGES_MAX: usize = 64;

struct Room {
    epoch: u64,
    changes: mpsc::Sender<ChangeKind>,
    /// Leaves without a word: the room is somebody else's.
    lost: CancellationToken,
}

/// The rooms by id. The lock is held for look-ups only, never across a wait.
#[derive(Default)]
pub(super) struct Rooms(Mutex<HashMap<String, Room>>);

impl Rooms {
    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Room>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn add(&self, id: &str, epoch: u64, lost: CancellationToken) -> mpsc::Receiver<ChangeKind> {
        let (changes, inbox) = mpsc::channel(CHANGES_MAX);
        self.lock().insert(id.to_owned(), Room { epoch, changes, lost });
        inbox
    }

    pub(super) fn remove(&self, id: &str, epoch: u64) {
        let mut rooms = self.lock();
        if rooms.get(id).is_some_and(|room| room.epoch == epoch) {
            rooms.remove(id);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.lock().len()
    }

    pub(super) fn held(&self) -> Vec<Held> {
        self.lock()
            .iter()
            .map(|(id, room)| Held {
                room_id: id.clone(),
                epoch: room.epoch,
            })
            .collect()
    }

    /// Hands a change to its room.
    pub(super) fn change(&self, id: &str, change: ChangeKind) {
        if let Some(room) = self.lock().get(id)
            && room.changes.try_send(change).is_err()
        {
            tracing::error!(
                room = id,
                "hand a change to a room: its queue is full or it is closing"
            );
        }
    }

    /// Somebody else holds this room now.
    pub(super) fn lose(&self, id: &str) {
        if let Some(room) = self.lock().get(id) {
            room.lost.cancel();
        }
    }

    pub(super) fn lose_all(&self) {
        for room in self.lock().values() {
            room.lost.cancel();
        }
    }
}
