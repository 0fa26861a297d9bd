//! What must never happen, whatever fails.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use troupe_lease::{FAILURES_MAX, Held, Lease, STANDS_MS};

use crate::message::Process;

/// Something that should not have happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// When, ms since the beginning.
    pub at_ms: i64,
    /// What.
    pub what: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at {} ms: {}", self.at_ms, self.what)
    }
}

/// Figures of clean runs.
#[derive(Debug, Clone, Copy, Default)]
pub struct Report {
    /// Claims granted.
    pub grants: u64,
    /// Claims granted after another one.
    pub takeovers: u64,
    /// Entries stored.
    pub entries: u64,
    /// Of these, under an epoch that was over.
    pub entries_late: u64,
    /// Writes that were refused, for the room had moved on.
    pub refusals: u64,
    /// Rooms given up.
    pub given_up: u64,
    /// Longest time that two workers took a room for theirs, ms; clocks that are set alone bring it about.
    pub both_ms_max: i64,
    /// Events played.
    pub events: u64,
}

impl Report {
    pub(crate) fn add(&mut self, one: &Self) {
        self.grants += one.grants;
        self.takeovers += one.takeovers;
        self.entries += one.entries;
        self.entries_late += one.entries_late;
        self.refusals += one.refusals;
        self.given_up += one.given_up;
        self.both_ms_max = self.both_ms_max.max(one.both_ms_max);
        self.events += one.events;
    }
}

#[derive(Default)]
struct Seen {
    /// Latest epoch granted.
    epoch: u64,
    grants: u64,
    /// The highest epoch that somebody entered, and when that was first.
    entered: Option<(u64, i64)>,
    stored: BTreeSet<(u64, u64)>,
    acknowledged: BTreeMap<u64, u64>,
}

/// Watches a run.
#[derive(Default)]
pub(crate) struct Checker {
    pub(crate) now_ms: i64,
    pub(crate) violation: Option<Violation>,
    pub(crate) report: Report,
    /// How long two workers may take a room for theirs, ms.
    pub(crate) both_ms_max: i64,
    rooms: BTreeMap<String, Seen>,
    /// Rooms that workers entered and stand by, as they know.
    standing: BTreeSet<(String, String, u64)>,
}

impl Checker {
    pub(crate) fn new(clock_is_set: bool, drift_ppm: u64) -> Self {
        let drift = i64::try_from(drift_ppm).unwrap_or(0);
        Self {
            both_ms_max: if clock_is_set {
                STANDS_MS + 2 * STANDS_MS * drift / 1_000_000 + 100
            } else {
                0
            },
            ..Self::default()
        }
    }

    pub(crate) fn fail(&mut self, what: String) {
        let at_ms = self.now_ms;
        self.violation.get_or_insert(Violation { at_ms, what });
    }

    pub(crate) fn granted(&mut self, room: &str, old: &Lease, new: &Lease, alive: Option<i64>, db_ms: i64) {
        let seen = self.rooms.entry(room.to_owned()).or_default();
        let (before, grants) = (seen.epoch, seen.grants);
        seen.epoch = new.epoch;
        seen.grants += 1;
        self.report.grants += 1;
        self.report.takeovers += u64::from(grants > 0);
        if new.epoch <= before {
            self.fail(format!(
                "{room} is claimed under epoch {} after {before}",
                new.epoch
            ));
        }
        if old.holder.is_some() && alive.is_some_and(|until| until > db_ms) {
            self.fail(format!("{room} is taken from a worker whose lease runs"));
        }
    }

    pub(crate) fn given_up(&mut self, room: &str) {
        self.report.given_up += 1;
        let grants = self.rooms.get(room).map_or(0, |seen| seen.grants);
        if grants < u64::from(FAILURES_MAX) {
            self.fail(format!("{room} is given up after {grants} claims"));
        }
    }

    /// The server opens a room, for its worker does not name it.
    pub(crate) fn reopened(&mut self, room: &str, worker: &str, epoch: u64) {
        if self
            .standing
            .contains(&(room.to_owned(), worker.to_owned(), epoch))
        {
            self.fail(format!("{room} is taken from {worker}, which plays it"));
        }
    }

    pub(crate) fn stored(&mut self, held: &Held, worker: &str, sequence: u64, late: bool) {
        let seen = self.rooms.entry(held.room_id.clone()).or_default();
        let is_new = seen.stored.insert((held.epoch, sequence));
        let is_current = seen.epoch == held.epoch;
        self.report.entries += 1;
        self.report.entries_late += u64::from(!is_current);
        if !is_new {
            self.fail(format!("{held:?} entry {sequence} is stored twice"));
        }
        if !is_current && !late {
            self.fail(format!("{worker} writes into {held:?}, which moved on"));
        }
    }

    pub(crate) fn acknowledged(&mut self, held: &Held, until: u64) {
        let seen = self.rooms.entry(held.room_id.clone()).or_default();
        if (1..=until).any(|sequence| !seen.stored.contains(&(held.epoch, sequence))) {
            self.fail(format!(
                "{held:?} entries up to {until} are acknowledged and not stored"
            ));
            return;
        }
        let most = seen.acknowledged.entry(held.epoch).or_default();
        *most = until.max(*most);
    }

    pub(crate) fn entered(&mut self, process: Process, held: &Held) {
        let now_ms = self.now_ms;
        let seen = self.rooms.entry(held.room_id.clone()).or_default();
        match seen.entered {
            Some((epoch, _)) if epoch >= held.epoch => {
                let what = format!("{} enters {held:?} after epoch {epoch} was entered", process.id());
                if self.both_ms_max == 0 {
                    self.fail(what);
                }
            }
            _ => seen.entered = Some((held.epoch, now_ms)),
        }
        self.standing
            .insert((held.room_id.clone(), process.id(), held.epoch));
    }

    pub(crate) fn left(&mut self, process: Process, held: &Held) {
        self.standing
            .remove(&(held.room_id.clone(), process.id(), held.epoch));
    }

    pub(crate) fn died(&mut self, process: Process) {
        let id = process.id();
        self.standing.retain(|(_, worker, _)| *worker != id);
    }

    /// A worker says something in a room.
    pub(crate) fn said(&mut self, process: Process, held: &Held) {
        let Some((epoch, since_ms)) = self.rooms.get(&held.room_id).and_then(|seen| seen.entered) else {
            return;
        };
        if epoch <= held.epoch {
            return;
        }
        let both_ms = self.now_ms - since_ms;
        self.report.both_ms_max = self.report.both_ms_max.max(both_ms);
        if both_ms > self.both_ms_max || self.both_ms_max == 0 {
            self.fail(format!(
                "{} speaks in {held:?} {both_ms} ms after epoch {epoch} was entered",
                process.id()
            ));
        }
    }

    /// A worker leaves a room that is still its own, for another reason than its time.
    pub(crate) fn left_its_own(&mut self, process: Process, held: &Held) {
        self.fail(format!("{} leaves {held:?}, which is its own", process.id()));
    }
}
