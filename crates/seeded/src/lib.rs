//! What simulators stand on: [`Chance`] that follows from a seed, a [`Queue`] of what is going to happen on virtual
//! time, a [`Sweep`] over many seeds on all cores, and a [`command`] that plays them.
//!
//! A simulation is a [`Play`]: a seed and a planted fault in, a report or what should not have happened out. It depends
//! on these two and nothing else, so that a seed is all that has to be told of a failure.

mod chance;
mod command;
mod play;
mod queue;
mod sweep;

pub use chance::Chance;
pub use command::command;
pub use play::Play;
pub use queue::Queue;
pub use sweep::{Failure, Progress, Sweep};
