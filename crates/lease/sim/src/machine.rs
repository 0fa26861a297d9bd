//! One machine: a disk that lasts, a clock of its own, and at times a worker.

use std::collections::{BTreeMap, VecDeque};

use troupe_lease::{Held, Keeper, Planted, Requests};

use crate::message::Process;

/// Entries in one request.
pub(crate) const BATCH_MAX: usize = 10;

/// What a claim of this machine has said and the server has not acknowledged: a file on its disk.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spool {
    /// Last entry written down.
    pub(crate) last: u64,
    /// Entries that wait.
    pub(crate) waiting: VecDeque<u64>,
    /// The call that hands some of them in.
    pub(crate) call: Option<u64>,
    /// Nothing is added any more.
    pub(crate) is_closed: bool,
}

/// A running worker.
pub(crate) struct Worker {
    pub(crate) process: Process,
    pub(crate) keeper: Keeper,
    pub(crate) requests: Requests,
    /// The claim that is waited for.
    pub(crate) claiming: Option<u64>,
    /// Rooms that are played.
    pub(crate) playing: BTreeMap<String, u64>,
    /// Every claim that it ever heard of.
    pub(crate) heard_of: Vec<Held>,
    /// The wake-up that was scheduled, by its number; others are void.
    pub(crate) wake: u64,
}

impl Worker {
    pub(crate) fn new(process: Process, chance: u128, planted: Planted) -> Self {
        Self {
            process,
            keeper: Keeper::new().with_fault(planted),
            requests: Requests::new(chance).with_fault(planted),
            claiming: None,
            playing: BTreeMap::new(),
            heard_of: Vec::new(),
            wake: 0,
        }
    }
}

/// A machine.
pub(crate) struct Machine {
    /// How fast its clock runs, parts in a million beyond one.
    pub(crate) drift_ppm: i64,
    /// What its clock showed in the beginning, ms.
    pub(crate) clock_ms: i64,
    pub(crate) runs: u64,
    pub(crate) worker: Option<Worker>,
    pub(crate) frozen_until_ms: i64,
    /// Messages do not get out, or not in.
    pub(crate) cut: [bool; 2],
    pub(crate) disk: BTreeMap<(Process, Held), Spool>,
}

impl Machine {
    /// Its boot clock.
    pub(crate) fn clock(&self, now_ms: i64) -> i64 {
        self.clock_ms + now_ms + now_ms * self.drift_ppm / 1_000_000
    }

    /// When its clock will show this time.
    pub(crate) fn when(&self, clock_ms: i64) -> i64 {
        let passed = clock_ms.saturating_sub(self.clock_ms);
        // Rounded up, so that the time has come.
        passed * 1_000_000 / (1_000_000 + self.drift_ppm) + 1
    }

    pub(crate) fn is_process(&self, process: Process) -> bool {
        self.worker
            .as_ref()
            .is_some_and(|worker| worker.process == process)
    }
}
