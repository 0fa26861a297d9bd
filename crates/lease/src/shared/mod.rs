//! What the threads of a worker share of its lease. `tests/interleavings.rs` tries every order in which they can meet.

mod gate;
mod slip;

pub use gate::Gate;
pub use slip::Slip;

#[cfg(not(loom))]
use std::sync;

/// Under `--cfg loom` the checker's own, which it can interrupt anywhere.
#[cfg(loom)]
use loom::sync;
