//! Who may hold a room: `troupe-lease` decides it; here its words meet those of rows and of the worker protocol.

pub use troupe_lease::{
    Beat, FAILURES_MAX, Holder, LEASE_MS, Lease, Over, Reason, Released, SOUND_AFTER_MS, Stale, Told,
    Verdict, is_overtaken,
};

use super::room::EndReason;
use crate::protocol::ReleaseReason;

impl From<ReleaseReason> for Reason {
    fn from(reason: ReleaseReason) -> Self {
        match reason {
            ReleaseReason::Ended => Self::Ended,
            ReleaseReason::Empty => Self::Empty,
            ReleaseReason::MaxDuration => Self::MaxDuration,
            ReleaseReason::Draining => Self::Draining,
            ReleaseReason::Failed => Self::Failed,
        }
    }
}

impl From<Over> for EndReason {
    fn from(over: Over) -> Self {
        match over {
            Over::Empty => Self::Empty,
            Over::MaxDuration => Self::MaxDuration,
            Over::Failed => Self::Failed,
        }
    }
}
