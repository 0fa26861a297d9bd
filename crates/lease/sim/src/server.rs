//! The API and its database: what `src/rooms/store` does in its transactions, on virtual time.

use std::collections::BTreeMap;

use troupe_lease::{Beat, Fault, Held, LEASE_MS, Lease, Planted, Reason, Told, Verdict, is_overtaken};

use crate::checker::Checker;
use crate::message::{Answer, Call, Process, Request};

/// Time between looks of a claim that waits, ms.
pub(crate) const LOOK_EVERY_MS: i64 = 100;

pub(crate) struct Room {
    pub(crate) lease: Lease,
    pub(crate) is_over: bool,
    /// Highest sequence stored, by epoch.
    pub(crate) stored: BTreeMap<u64, u64>,
    /// Every claim that was granted: epoch, worker, request.
    claims: Vec<(u64, String, u128)>,
}

#[derive(Default)]
struct WorkerRow {
    lease_until_ms: i64,
    is_draining: bool,
    beat: u64,
}

struct Waiting {
    request: Request,
    until_ms: i64,
}

pub(crate) struct Server {
    pub(crate) rooms: BTreeMap<String, Room>,
    workers: BTreeMap<String, WorkerRow>,
    waiting: Vec<Waiting>,
    planted: Planted,
}

impl Server {
    pub(crate) fn new(fault: Option<Fault>) -> Self {
        Self {
            rooms: BTreeMap::new(),
            workers: BTreeMap::new(),
            waiting: Vec::new(),
            planted: Planted(fault),
        }
    }

    pub(crate) fn start_room(&mut self, room_id: String, now_ms: i64) {
        let mut lease = Lease::opened(now_ms);
        lease.planted = self.planted;
        let room = Room {
            lease,
            is_over: false,
            stored: BTreeMap::new(),
            claims: Vec::new(),
        };
        self.rooms.insert(room_id, room);
    }

    /// Who holds a room, under which epoch.
    pub(crate) fn holder(&self, room_id: &str) -> Option<(&str, u64)> {
        let room = self.rooms.get(room_id).filter(|room| !room.is_over)?;
        let holder = room.lease.holder.as_ref()?;
        Some((&holder.worker_id, room.lease.epoch))
    }

    /// Does what is asked, unless it is to wait. `db_ms` is the database's clock, `now_ms` the server's own.
    pub(crate) fn handle(
        &mut self,
        now_ms: i64,
        db_ms: i64,
        request: Request,
        checker: &mut Checker,
    ) -> Option<Answer> {
        let caller = request.from.id();
        match request.what.clone() {
            Call::Claim {
                request: id,
                capacity,
                wait_ms,
            } => {
                let rooms = self.claim(db_ms, &caller, id, capacity, checker);
                if rooms.is_empty() && wait_ms > 0 {
                    let until_ms = now_ms + wait_ms;
                    self.waiting.push(Waiting { request, until_ms });
                    return None;
                }
                Some(Answer::Claimed(rooms))
            }
            Call::Beat {
                beat,
                rooms,
                draining,
            } => Some(Answer::Beaten {
                beat,
                lost: self.beat(db_ms, &caller, beat, &rooms, draining, checker),
            }),
            Call::Entries {
                worker,
                held,
                sequences,
                late,
            } => Some(self.append(worker, held, &sequences, late, checker)),
            Call::Release { worker, held, reason } => Some(self.release(db_ms, worker, held, reason)),
        }
    }

    /// Looks again for those who wait; answers whom to tell what.
    pub(crate) fn look_again(
        &mut self,
        now_ms: i64,
        db_ms: i64,
        checker: &mut Checker,
    ) -> Vec<(Request, Answer)> {
        let mut answers = Vec::new();
        for waiting in std::mem::take(&mut self.waiting) {
            let Call::Claim {
                request, capacity, ..
            } = waiting.request.what
            else {
                continue;
            };
            let rooms = self.claim(db_ms, &waiting.request.from.id(), request, capacity, checker);
            if rooms.is_empty() && now_ms < waiting.until_ms {
                self.waiting.push(waiting);
            } else {
                answers.push((waiting.request, Answer::Claimed(rooms)));
            }
        }
        answers
    }

    fn claim(
        &mut self,
        db_ms: i64,
        worker_id: &str,
        request: u128,
        capacity: usize,
        checker: &mut Checker,
    ) -> Vec<Held> {
        let mut taken: Vec<Held> = Vec::new();
        for (room_id, room) in &self.rooms {
            let is_mine = room.claims.iter().any(|(epoch, worker, asked)| {
                *asked == request && worker == worker_id && room.lease.check(worker, *epoch).is_ok()
            });
            if is_mine && !room.is_over {
                taken.push(Held {
                    room_id: room_id.clone(),
                    epoch: room.lease.epoch,
                });
            }
        }
        let is_draining = self.workers.get(worker_id).is_some_and(|row| row.is_draining);
        if taken.is_empty() && !is_draining {
            for (room_id, room) in self.rooms.iter_mut().filter(|(_, room)| !room.is_over) {
                if taken.len() >= capacity {
                    break;
                }
                let holder = room.lease.holder.as_ref();
                let alive = holder.and_then(|holder| self.workers.get(&holder.worker_id));
                let alive_until = alive.map(|row| row.lease_until_ms);
                match room.lease.claim(worker_id, alive_until, db_ms) {
                    Verdict::Granted(lease) => {
                        checker.granted(room_id, &room.lease, &lease, alive_until, db_ms);
                        room.claims.push((lease.epoch, worker_id.to_owned(), request));
                        taken.push(Held {
                            room_id: room_id.clone(),
                            epoch: lease.epoch,
                        });
                        room.lease = lease;
                    }
                    Verdict::GivenUp => {
                        checker.given_up(room_id);
                        room.is_over = true;
                    }
                    Verdict::Refused => {}
                }
            }
        }
        if !taken.is_empty() {
            self.workers
                .entry(worker_id.to_owned())
                .or_default()
                .lease_until_ms = db_ms + LEASE_MS;
        }
        taken
    }

    fn beat(
        &mut self,
        db_ms: i64,
        worker_id: &str,
        beat: u64,
        named: &[Held],
        draining: bool,
        checker: &mut Checker,
    ) -> Vec<String> {
        let row = self.workers.entry(worker_id.to_owned()).or_default();
        let is_old = is_overtaken(Some(beat), row.beat, self.planted);
        if !is_old {
            row.beat = beat;
            row.is_draining = draining;
            row.lease_until_ms = db_ms + LEASE_MS;
        }
        let is_held = |room: &Room, held: &Held| {
            let holder = room.lease.holder.as_ref();
            // Of a room that is over its worker hears by a change.
            holder.is_some_and(|holder| holder.worker_id == worker_id)
                && room.lease.epoch == held.epoch
                && !room.is_over
        };
        let mut lost = Vec::new();
        for held in named {
            if !self
                .rooms
                .get(&held.room_id)
                .is_some_and(|room| is_held(room, held))
            {
                lost.push(held.room_id.clone());
            }
        }
        if is_old {
            return lost;
        }
        for (room_id, room) in self.rooms.iter_mut().filter(|(_, room)| !room.is_over) {
            if room
                .lease
                .holder
                .as_ref()
                .is_none_or(|holder| holder.worker_id != worker_id)
            {
                continue;
            }
            let is_named = named
                .iter()
                .any(|held| held.room_id == *room_id && held.epoch == room.lease.epoch);
            let told = match (is_named, draining) {
                (true, _) => Told::Named,
                (false, true) => Told::UnnamedWhileDraining,
                (false, false) => Told::Unnamed,
            };
            if room.lease.beat(told, db_ms) == Beat::Forgotten {
                checker.reopened(room_id, worker_id, room.lease.epoch);
                room.lease = room.lease.reopened(db_ms);
            }
        }
        lost
    }

    fn append(
        &mut self,
        worker: Process,
        held: Held,
        sequences: &[u64],
        late: bool,
        checker: &mut Checker,
    ) -> Answer {
        let refused = Answer::Refused { held: held.clone() };
        let Some(room) = self.rooms.get_mut(&held.room_id) else {
            return refused;
        };
        let is_holder = room.lease.check(&worker.id(), held.epoch).is_ok();
        let was_holder = room
            .claims
            .iter()
            .any(|(epoch, id, _)| *epoch == held.epoch && *id == worker.id());
        let is_taken_late = late && was_holder && !room.is_over;
        if !is_holder && !is_taken_late {
            return refused;
        }
        let stored = room.stored.entry(held.epoch).or_default();
        for sequence in sequences.iter().filter(|sequence| **sequence > 0) {
            if *sequence <= *stored {
                continue;
            }
            if *sequence != *stored + 1 {
                // A gap.
                return refused;
            }
            *stored = *sequence;
            checker.stored(&held, &worker.id(), *sequence, late);
        }
        Answer::Acknowledged { held, until: *stored }
    }

    fn release(&mut self, db_ms: i64, worker: Process, held: Held, reason: Reason) -> Answer {
        if let Some(room) = self.rooms.get_mut(&held.room_id)
            && let Ok(released) = room.lease.release(&worker.id(), held.epoch, reason, db_ms)
        {
            room.lease = released.lease;
            room.is_over |= released.ends.is_some();
        }
        Answer::Released
    }
}
