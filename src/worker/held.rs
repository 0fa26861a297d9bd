//! The rooms of this worker: claimed and not proven yet, and played.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;
use tokio_util::sync::CancellationToken;
use troupe_lease::Held;

use super::pad::Pad;
use crate::protocol::{ChangeKind, Claim, RoomNote};

/// Changes that wait for a room. Full: the newest is dropped with an error in the log.
pub(super) const CHANGES_MAX: usize = 64;

struct Room {
    epoch: u64,
    changes: mpsc::Sender<ChangeKind>,
    /// Leaves without a word: the room is somebody else's.
    lost: CancellationToken,
    pad: Pad,
}

#[derive(Default)]
struct Both {
    /// Claims that a heartbeat is to prove; no more than the worker has space for.
    claimed: HashMap<String, Claim>,
    played: HashMap<String, Room>,
}

/// The rooms by id. The lock is held for look-ups only, never across a wait.
#[derive(Default)]
pub(super) struct Rooms(Mutex<Both>);

/// What a session has of the worker's list.
pub(super) struct Place {
    pub(super) changes: mpsc::Receiver<ChangeKind>,
    pub(super) lost: CancellationToken,
    pub(super) pad: Pad,
}

/// A note that leaves with a heartbeat.
pub(super) struct Leaving {
    pub(super) note: RoomNote,
    pad: Pad,
    revision: u64,
}

impl Leaving {
    /// The API has it.
    pub(super) fn arrived(&self) {
        self.pad.told(self.revision);
    }
}

impl Rooms {
    fn lock(&self) -> std::sync::MutexGuard<'_, Both> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A claim came, and waits to be proven.
    pub(super) fn claimed(&self, claim: Claim) {
        self.lock().claimed.insert(claim.room_id.clone(), claim);
    }

    /// Takes the claim that was proven.
    pub(super) fn proven(&self, held: &Held) -> Option<Claim> {
        let mut both = self.lock();
        let claim = both.claimed.remove(&held.room_id)?;
        (claim.epoch == held.epoch).then_some(claim)
    }

    /// Adds a room that is played from now on.
    pub(super) fn play(&self, id: &str, epoch: u64) -> Place {
        let (changes, inbox) = mpsc::channel(CHANGES_MAX);
        let (lost, pad) = (CancellationToken::new(), Pad::default());
        let room = Room {
            epoch,
            changes,
            lost: lost.clone(),
            pad: pad.clone(),
        };
        self.lock().played.insert(id.to_owned(), room);
        Place {
            changes: inbox,
            lost,
            pad,
        }
    }

    pub(super) fn remove(&self, id: &str, epoch: u64) {
        let mut both = self.lock();
        if both.played.get(id).is_some_and(|room| room.epoch == epoch) {
            both.played.remove(id);
        }
    }

    /// Rooms that take a place.
    pub(super) fn len(&self) -> usize {
        let both = self.lock();
        both.claimed.len() + both.played.len()
    }

    /// Hands a change to its room.
    pub(super) fn change(&self, id: &str, change: ChangeKind) {
        let both = self.lock();
        let Some(room) = both.played.get(id) else {
            return;
        };
        match room.changes.try_send(change) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => {
                tracing::error!(room = id, "hand a change to a room: its queue is full");
            }
            // It is being left.
            Err(TrySendError::Closed(_)) => {}
        }
    }

    /// A room is no longer this worker's.
    pub(super) fn lose(&self, held: &Held) {
        let mut both = self.lock();
        let is_meant = |epoch: u64| epoch == held.epoch;
        if both
            .claimed
            .get(&held.room_id)
            .is_some_and(|claim| is_meant(claim.epoch))
        {
            both.claimed.remove(&held.room_id);
        }
        if let Some(room) = both.played.get(&held.room_id).filter(|room| is_meant(room.epoch)) {
            room.lost.cancel();
        }
    }

    /// Notes that the API does not know, of the rooms in `named`.
    pub(super) fn notes(&self, named: &[Held]) -> Vec<Leaving> {
        let both = self.lock();
        let news = named.iter().filter_map(|held| {
            let room = both
                .played
                .get(&held.room_id)
                .filter(|room| room.epoch == held.epoch)?;
            let (note, revision) = room.pad.news()?;
            Some(Leaving {
                note: RoomNote {
                    room_id: held.room_id.clone(),
                    epoch: held.epoch,
                    note,
                },
                pad: room.pad.clone(),
                revision,
            })
        });
        news.collect()
    }
}
