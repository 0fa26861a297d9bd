//! What is done to a store, drawn from a seeded generator.

use rand::RngExt;
use rand::rngs::StdRng;
use troupe::protocol::ReleaseReason;
use troupe::rooms::room::Surface;

use super::Model;

pub(in crate::store) const PROJECTS: usize = 2;
const WORKERS: usize = 3;
const CHARACTERS: usize = 4;
const REQUESTS: usize = 6;
/// Failures are many, so that rooms are given up before they end.
const REASONS: [ReleaseReason; 20] = {
    let mut reasons = [ReleaseReason::Failed; 20];
    reasons[0] = ReleaseReason::Ended;
    reasons[1] = ReleaseReason::Draining;
    reasons[2] = ReleaseReason::Empty;
    reasons[3] = ReleaseReason::MaxDuration;
    reasons
};

/// A room as a project names it.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Place {
    pub(in crate::store) project: usize,
    pub(in crate::store) room: usize,
}

/// A room as a worker names it.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct Holding {
    pub(in crate::store) room: usize,
    pub(in crate::store) worker: usize,
    pub(in crate::store) epoch: u64,
}

#[derive(Debug, Clone)]
pub(in crate::store) enum Operation {
    Insert {
        project: usize,
        surface: Surface,
    },
    Add {
        at: Place,
        character: usize,
    },
    Remove {
        at: Place,
        character: usize,
    },
    Start {
        at: Place,
    },
    End {
        at: Place,
    },
    Read {
        at: Place,
    },
    /// The whole list, read in pages.
    List {
        project: usize,
        page: Option<u32>,
    },
    OpenLiveKit {
        at: Place,
    },
    CloseLiveKit {
        room: usize,
    },
    ToClose,
    /// Rooms started before the start with this number.
    Overdue {
        started: u64,
    },
    /// A page after an entry, by its place in the timeline.
    Entries {
        room: usize,
        after: Option<usize>,
        limit: Option<u32>,
    },
    Append {
        held: Holding,
        first: u64,
        count: u64,
    },
    Claim {
        worker: usize,
        request: usize,
        capacity: u32,
    },
    Release {
        held: Holding,
        reason: ReleaseReason,
    },
    Heartbeat {
        worker: usize,
        named: Vec<(usize, u64)>,
        draining: bool,
    },
    /// News, or with `again` all from the beginning.
    Changes {
        worker: usize,
        again: bool,
    },
    /// The worker's lease is over.
    Lapse {
        worker: usize,
    },
    /// The room's claim is old.
    Age {
        room: usize,
    },
    /// Pauses after failures are over.
    Thaw,
}

impl Operation {
    /// The next operation; `model` steers it to where something can happen.
    pub(in crate::store) fn draw(rng: &mut StdRng, model: &Model) -> Self {
        let rooms = model.rooms.len();
        if rooms == 0 || rng.random_ratio(1, 40) {
            return Self::Insert {
                project: rng.random_range(0..PROJECTS),
                surface: *pick(
                    rng,
                    &[Surface::Voice, Surface::Voice, Surface::Chat, Surface::Interview],
                ),
            };
        }
        let room = pick_room(rng, model);
        let at = Place {
            project: if rng.random_ratio(1, 12) {
                rng.random_range(0..PROJECTS)
            } else {
                model.rooms[room].project
            },
            room,
        };
        let worker = rng.random_range(0..WORKERS);
        let held = holding(rng, model, room, worker);
        let character = rng.random_range(0..CHARACTERS);
        match rng.random_range(0..100) {
            0..10 => Self::Add { at, character },
            10..14 => Self::Remove { at, character },
            14..20 => Self::Start { at },
            20..21 if rng.random_bool(0.4) => Self::End { at },
            20..25 => Self::Read { at },
            25..28 => Self::List {
                project: at.project,
                page: rng.random_bool(0.5).then(|| rng.random_range(1..4)),
            },
            28..30 => Self::OpenLiveKit { at },
            30..31 => Self::CloseLiveKit { room },
            31..32 => Self::ToClose,
            32..33 => Self::Overdue {
                started: rng.random_range(0..8),
            },
            33..38 => {
                let entries = model.entry_count(room);
                Self::Entries {
                    room,
                    after: (entries > 0 && rng.random_bool(0.6)).then(|| rng.random_range(0..entries)),
                    limit: rng.random_bool(0.5).then(|| rng.random_range(1..5)),
                }
            }
            38..53 => {
                let stored = model.stored(held.room, held.epoch);
                Self::Append {
                    held,
                    first: rng.random_range(stored.max(1)..=stored + 2),
                    count: rng.random_range(1..4),
                }
            }
            53..70 => Self::Claim {
                worker,
                request: rng.random_range(0..REQUESTS),
                capacity: rng.random_range(1..4),
            },
            70..77 => Self::Release {
                held,
                reason: *pick(rng, &REASONS),
            },
            77..84 => Self::Heartbeat {
                worker,
                named: named(rng, model, worker),
                draining: rng.random_ratio(1, 20),
            },
            84..88 => Self::Changes {
                worker,
                again: rng.random_ratio(1, 4),
            },
            88..91 => Self::Lapse { worker },
            91..94 => Self::Age { room },
            _ => Self::Thaw,
        }
    }
}

fn pick<'a, T>(rng: &mut StdRng, from: &'a [T]) -> &'a T {
    &from[rng.random_range(0..from.len())]
}

/// Rather one that is active: a project has many that ended, and nothing happens in them.
fn pick_room(rng: &mut StdRng, model: &Model) -> usize {
    let active: Vec<usize> = (0..model.rooms.len())
        .filter(|at| model.rooms[*at].is_active())
        .collect();
    match active.is_empty() || rng.random_ratio(1, 8) {
        true => rng.random_range(0..model.rooms.len()),
        false => *pick(rng, &active),
    }
}

/// Mostly what is true, of a room that somebody holds.
fn holding(rng: &mut StdRng, model: &Model, room: usize, worker: usize) -> Holding {
    let held: Vec<usize> = (0..model.rooms.len())
        .filter(|at| model.rooms[*at].holder.is_some())
        .collect();
    let room = match held.is_empty() || rng.random_ratio(1, 6) {
        true => room,
        false => *pick(rng, &held),
    };
    let truth = Holding {
        room,
        worker: model.rooms[room].holder.unwrap_or(worker),
        epoch: model.rooms[room].epoch,
    };
    match rng.random_ratio(1, 6) {
        true => Holding {
            worker,
            epoch: truth.epoch.saturating_sub(rng.random_range(0..2)),
            ..truth
        },
        false => truth,
    }
}

/// Most rooms that the worker holds, and now and then one that it does not.
fn named(rng: &mut StdRng, model: &Model, worker: usize) -> Vec<(usize, u64)> {
    let mut named = Vec::new();
    for (at, room) in model.rooms.iter().enumerate() {
        if room.holder == Some(worker) && rng.random_bool(0.5) {
            named.push((at, room.epoch));
        } else if rng.random_ratio(1, 20) {
            named.push((at, room.epoch + 1));
        }
    }
    named
}
