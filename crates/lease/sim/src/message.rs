//! What workers and the server tell each other.

use troupe_lease::{Held, Reason};

/// A request, as the network carries it.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) from: Process,
    /// Names the call, for its answer.
    pub(crate) call: u64,
    pub(crate) what: Call,
}

/// One run of a worker's program on one machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Process {
    pub(crate) machine: usize,
    pub(crate) run: u64,
}

impl Process {
    pub(crate) fn id(self) -> String {
        format!("worker_{}_{}", self.machine, self.run)
    }
}

/// A call and its arguments.
#[derive(Debug, Clone)]
pub(crate) enum Call {
    Claim {
        request: u128,
        capacity: usize,
        wait_ms: i64,
    },
    Beat {
        beat: u64,
        rooms: Vec<Held>,
        draining: bool,
    },
    Entries {
        /// Whose claim it was: of an earlier run, if its disk outlived it.
        worker: Process,
        held: Held,
        sequences: Vec<u64>,
        /// The room may be somebody else's by now.
        late: bool,
    },
    Release {
        worker: Process,
        held: Held,
        reason: Reason,
    },
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    Claimed(Vec<Held>),
    Beaten {
        beat: u64,
        lost: Vec<String>,
    },
    /// All entries up to this one are stored.
    Acknowledged {
        held: Held,
        until: u64,
    },
    /// The room is somebody else's, or over.
    Refused {
        held: Held,
    },
    Released,
    /// No answer came in time.
    Nothing,
}
