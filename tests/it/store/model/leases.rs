//! Who plays a room.

use serde_json::{Value, json};
use troupe::protocol::ReleaseReason;

use super::operation::Holding;
use super::{Claim, FAILURES_MAX, Model, Room, refused};

impl Model {
    pub(super) fn claim(&mut self, worker: usize, request: usize, capacity: u32) -> Value {
        let mut taken = self.replayed(worker, request);
        let mut given_up = Vec::new();
        let draining = self.workers.get(&worker).is_some_and(|worker| worker.draining);
        if taken.is_empty() && !draining {
            for at in self.free(capacity) {
                let room = &mut self.rooms[at];
                let failures = match room.holder {
                    Some(_) => room.failures_after(),
                    None => room.failures,
                };
                if failures >= FAILURES_MAX {
                    self.finish(at);
                    given_up.push(at);
                    continue;
                }
                room.failures = failures;
                room.epoch += 1;
                room.holder = Some(worker);
                room.aged = false;
                room.frozen = false;
                room.claims.push(Claim {
                    epoch: room.epoch,
                    worker,
                    request,
                    released: false,
                });
                taken.push(at);
            }
        }
        let next = taken.is_empty() && self.rooms.iter().any(Room::plays);
        if !taken.is_empty() {
            self.workers.entry(worker).or_default().alive = true;
        }
        let claimed: Vec<Value> = taken.into_iter().map(|at| self.claimed(at)).collect();
        given_up.sort_unstable();
        json!({"claimed": claimed, "givenUp": given_up, "next": next})
    }

    fn claimed(&self, at: usize) -> Value {
        let room = &self.rooms[at];
        json!({
            "room": at,
            "epoch": room.epoch,
            "cast": room.present(),
            "timeline": room.last_entries(),
        })
    }

    /// What this request took and still holds.
    fn replayed(&self, worker: usize, request: usize) -> Vec<usize> {
        self.by_start(|room| {
            room.plays()
                && room.holder == Some(worker)
                && room
                    .claims
                    .iter()
                    .any(|claim| (claim.worker, claim.request, claim.epoch) == (worker, request, room.epoch))
        })
    }

    fn free(&self, capacity: u32) -> Vec<usize> {
        let alive = |worker: &usize| self.workers.get(worker).is_some_and(|worker| worker.alive);
        let mut free = self.by_start(|room| {
            room.plays()
                && match &room.holder {
                    Some(holder) => !alive(holder),
                    None => !room.frozen,
                }
        });
        free.truncate(capacity as usize);
        free
    }

    fn by_start(&self, admit: impl Fn(&Room) -> bool) -> Vec<usize> {
        let mut rooms: Vec<usize> = (0..self.rooms.len())
            .filter(|at| admit(&self.rooms[*at]))
            .collect();
        rooms.sort_by_key(|at| self.rooms[*at].started);
        rooms
    }

    pub(super) fn release(&mut self, held: Holding, reason: ReleaseReason) -> Value {
        let room = &mut self.rooms[held.room];
        let claim = room
            .claims
            .iter_mut()
            .find(|claim| (claim.worker, claim.epoch) == (held.worker, held.epoch));
        if room.holder != Some(held.worker) || room.epoch != held.epoch {
            return match claim {
                Some(claim) if claim.released => json!(room.ended),
                _ => refused("stale_epoch"),
            };
        }
        if let Some(claim) = claim {
            claim.released = true;
        }
        room.frozen = reason == ReleaseReason::Failed;
        if room.frozen {
            room.failures = room.failures_after();
        }
        room.holder = None;
        let ends = match reason {
            ReleaseReason::Empty | ReleaseReason::MaxDuration => true,
            ReleaseReason::Failed => room.failures >= FAILURES_MAX,
            ReleaseReason::Ended | ReleaseReason::Draining => false,
        };
        if ends {
            self.finish(held.room);
        }
        json!(self.rooms[held.room].ended)
    }

    pub(super) fn heartbeat(&mut self, worker: usize, named: &[(usize, u64)], draining: bool) -> Value {
        let holds = |room: &Room, epoch: u64| room.holder == Some(worker) && room.epoch == epoch;
        let lost: Vec<usize> = named
            .iter()
            .filter(|(at, epoch)| !holds(&self.rooms[*at], *epoch))
            .map(|(at, _)| *at)
            .collect();
        let mut reopened = false;
        for (at, room) in self.rooms.iter_mut().enumerate() {
            let listed = named.contains(&(at, room.epoch));
            if room.holder == Some(worker) && !room.ended && !listed && (room.aged || draining) {
                room.holder = None;
                room.frozen = false;
                reopened = true;
            }
        }
        let worker = self.workers.entry(worker).or_default();
        worker.alive = true;
        worker.draining = draining;
        json!({"lost": lost, "reopened": reopened})
    }
}

impl Room {
    fn plays(&self) -> bool {
        self.started.is_some() && !self.ended
    }

    fn failures_after(&self) -> u32 {
        if self.aged { 1 } else { self.failures + 1 }
    }
}
