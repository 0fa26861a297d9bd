//! A store in memory, without a clock: what passes with time is done to it by operations.

mod leases;
mod operation;
mod rooms;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use troupe::rooms::room::Surface;

pub(super) use operation::{Operation, PROJECTS, Place};

/// Failed claims in a row after which a room is given up.
const FAILURES_MAX: u32 = 3;

/// Everything that a store knows. Rooms are named by their place, workers and characters by a number.
#[derive(Debug, Default)]
pub(super) struct Model {
    pub(super) rooms: Vec<Room>,
    workers: BTreeMap<usize, Worker>,
    /// Changes by worker: kind, room, character.
    changes: BTreeMap<usize, Vec<Value>>,
    /// How many of a worker's changes were answered.
    seen: BTreeMap<usize, usize>,
    starts: u64,
}

#[derive(Debug)]
pub(super) struct Room {
    pub(super) project: usize,
    surface: Surface,
    /// Counts starts, so that it orders rooms.
    pub(super) started: Option<u64>,
    ended: bool,
    cast: Vec<Stay>,
    livekit_open: bool,
    pub(super) epoch: u64,
    pub(super) holder: Option<usize>,
    /// The claim is older than a lease, and old enough to be sound.
    aged: bool,
    /// Not claimable for a while.
    pub(super) frozen: bool,
    failures: u32,
    entries: Vec<String>,
    /// Highest sequence by epoch.
    sequences: BTreeMap<u64, u64>,
    claims: Vec<Claim>,
}

#[derive(Debug)]
struct Stay {
    character: usize,
    present: bool,
}

#[derive(Debug)]
struct Claim {
    epoch: u64,
    worker: usize,
    request: usize,
    released: bool,
}

#[derive(Debug, Default)]
struct Worker {
    alive: bool,
    draining: bool,
}

/// What an operation is refused with.
pub(super) fn refused(code: &str) -> Value {
    json!({"refused": code})
}

impl Model {
    /// Does an operation and answers what a store has to.
    pub(super) fn perform(&mut self, operation: &Operation) -> Value {
        match operation {
            Operation::Insert { project, surface } => self.insert(*project, *surface),
            Operation::Add { at, character } => self.add(*at, *character),
            Operation::Remove { at, character } => self.remove(*at, *character),
            Operation::Start { at } => self.start(*at),
            Operation::End { at } => self.end(*at),
            Operation::Read { at } => self.read(*at),
            Operation::List { project, page: _ } => self.list(*project),
            Operation::OpenLiveKit { at } => self.open_livekit(*at),
            Operation::CloseLiveKit { room } => self.close_livekit(*room),
            Operation::ToClose => self.to_close(),
            Operation::Overdue { started } => self.overdue(*started),
            Operation::Entries { room, after, limit } => self.entries(*room, *after, *limit),
            Operation::Append { held, first, count } => self.append(*held, *first, *count),
            Operation::Claim {
                worker,
                request,
                capacity,
            } => self.claim(*worker, *request, *capacity),
            Operation::Release { held, reason } => self.release(*held, *reason),
            Operation::Heartbeat {
                worker,
                named,
                draining,
            } => self.heartbeat(*worker, named, *draining),
            Operation::Changes { worker, again } => self.changes(*worker, *again),
            Operation::Lapse { worker } => {
                if let Some(worker) = self.workers.get_mut(worker) {
                    worker.alive = false;
                }
                Value::Null
            }
            Operation::Age { room } => {
                self.rooms[*room].aged = true;
                Value::Null
            }
            Operation::Thaw => {
                for room in &mut self.rooms {
                    room.frozen = false;
                }
                Value::Null
            }
        }
    }

    fn note(&mut self, worker: Option<usize>, kind: &str, room: usize, character: Option<usize>) {
        if let Some(worker) = worker {
            let change = json!({"kind": kind, "room": room, "character": character});
            self.changes.entry(worker).or_default().push(change);
        }
    }

    fn changes(&mut self, worker: usize, again: bool) -> Value {
        let all = self.changes.entry(worker).or_default();
        let seen = self.seen.entry(worker).or_default();
        let from = if again { 0 } else { *seen };
        *seen = all.len();
        Value::from(all[from..].to_vec())
    }
}
