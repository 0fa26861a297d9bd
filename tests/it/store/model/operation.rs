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
const REASONS: [ReleaseReason; 6] = [
    ReleaseReason::Ended,
    ReleaseReason::Empty,
    ReleaseReason::MaxDuration,
    ReleaseReason::Draining,
    // Often, so that rooms are given up.
    ReleaseReason::Failed,
    ReleaseReason::Failed,
];

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
        if rooms == 0 || rng.random_ratio(1, 14) {
            return Self::Insert {
                project: rng.random_range(0..PROJECTS),
                surface: *pick(
                    rng,
                    &[Surface::Voice, Surface::Voice, Surface::Chat, Surface::Interview],
                ),
            };
        }
        // Rather the latest rooms: the others have ended.
        let room = rng.random_range(rooms.saturating_sub(4)..rooms);
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
            0..12 => Self::Add { at, character },
            12..17 => Self::Remove { at, character },
            17..25 => Self::Start { at },
            25..27 => Self::End { at },
            27..31 => Self::Read { at },
            31..34 => Self::List {
                project: at.project,
                page: rng.random_bool(0.5).then(|| rng.random_range(1..4)),
            },
            34..36 => Self::OpenLiveKit { at },
            36..38 => Self::CloseLiveKit { room },
            38..40 => Self::ToClose,
            40..41 => Self::Overdue {
                started: rng.random_range(0..8),
            },
            41..45 => {
                let entries = model.entry_count(room);
                Self::Entries {
                    room,
                    after: (entries > 0 && rng.random_bool(0.6)).then(|| rng.random_range(0..entries)),
                    limit: rng.random_bool(0.5).then(|| rng.random_range(1..5)),
                }
            }
            45..58 => {
                let stored = model.stored(held.room, held.epoch);
                Self::Append {
                    held,
                    first: rng.random_range(stored.max(1)..=stored + 2),
                    count: rng.random_range(1..4),
                }
            }
            58..74 => Self::Claim {
                worker,
                request: rng.random_range(0..REQUESTS),
                capacity: rng.random_range(1..4),
            },
            74..82 => Self::Release {
                held,
                reason: *pick(rng, &REASONS),
            },
            82..87 => Self::Heartbeat {
                worker,
                named: named(rng, model, worker),
                draining: rng.random_ratio(1, 6),
            },
            87..91 => Self::Changes {
                worker,
                again: rng.random_ratio(1, 4),
            },
            91..94 => Self::Lapse { worker },
            94..97 => Self::Age { room },
            _ => Self::Thaw,
        }
    }
}

fn pick<'a, T>(rng: &mut StdRng, from: &'a [T]) -> &'a T {
    &from[rng.random_range(0..from.len())]
}

/// Mostly what is true.
fn holding(rng: &mut StdRng, model: &Model, room: usize, worker: usize) -> Holding {
    let epoch = model.rooms[room].epoch;
    match model.rooms[room].holder {
        Some(holder) if rng.random_bool(0.85) => Holding {
            room,
            worker: holder,
            epoch,
        },
        _ => Holding {
            room,
            worker,
            epoch: epoch.saturating_sub(rng.random_range(0..2)),
        },
    }
}

/// Most rooms that the worker holds, and now and then one that it does not.
fn named(rng: &mut StdRng, model: &Model, worker: usize) -> Vec<(usize, u64)> {
    let mut named = Vec::new();
    for (at, room) in model.rooms.iter().enumerate() {
        if room.holder == Some(worker) && rng.random_bool(0.7) {
            named.push((at, room.epoch));
        } else if rng.random_ratio(1, 20) {
            named.push((at, room.epoch + 1));
        }
    }
    named
}
