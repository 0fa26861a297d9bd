//! What a heartbeat says beside what is written down.

use super::BeatRow;
use crate::protocol::Held;
use crate::rooms::Timestamp;
use crate::rooms::lease::{Beat, Lease, Told};

/// A heartbeat's rooms compared with those that the worker holds.
#[derive(Debug)]
pub(in crate::rooms::store) struct Compared {
    /// Named and not held under that epoch.
    pub(in crate::rooms::store) lost: Vec<String>,
    /// Held and forgotten by the worker: open again, under these leases.
    pub(in crate::rooms::store) reopened: Vec<(String, Lease)>,
}

impl Compared {
    /// Compares at `at` what the worker holds with what it named.
    pub(in crate::rooms::store) fn new(
        held: &[BeatRow],
        named: &[Held],
        draining: bool,
        at: Timestamp,
    ) -> Self {
        let lost = named
            .iter()
            .filter(|named| !held.iter().any(|room| room.is(named)))
            .map(|named| named.room_id.clone())
            .collect();
        let reopened = held
            .iter()
            .filter(|room| room.ended_at.is_none())
            .filter_map(|room| {
                let lease = room.lease();
                let told = match (named.iter().any(|named| room.is(named)), draining) {
                    (true, _) => Told::Named,
                    (false, true) => Told::UnnamedWhileDraining,
                    (false, false) => Told::Unnamed,
                };
                let is_forgotten = lease.beat(told, at.0) == Beat::Forgotten;
                is_forgotten.then(|| (room.id.clone(), lease.reopened(at.0)))
            })
            .collect();
        Self { lost, reopened }
    }
}
