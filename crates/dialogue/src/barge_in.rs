//! When a sound over a character's speech interrupts it.

use crate::time::Time;
use crate::tuning::Tuning;

/// When a voice that began at `since` becomes an interruption of a speech heard since `speaking`.
///
/// Voice from before the speech counts from the speech's first sound: whoever was already talking
/// did not react to it yet.
pub(crate) fn interrupts_at(since: Time, speaking: Time, tuning: &Tuning) -> Time {
    since.max(speaking) + tuning.barge_in
}
