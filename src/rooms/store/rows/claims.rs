//! `claims`.

use crate::protocol::ReleaseReason;

/// Column `reason`.
pub(in crate::rooms::store) fn reason_name(reason: ReleaseReason) -> &'static str {
    match reason {
        ReleaseReason::Ended => "ended",
        ReleaseReason::Empty => "empty",
        ReleaseReason::MaxDuration => "max_duration",
        ReleaseReason::Draining => "draining",
        ReleaseReason::Failed => "failed",
    }
}
