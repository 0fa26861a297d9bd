//! Rooms on virtual time, drawn from a seed: people with habits, providers that are slow, fail or lie, networks
//! that drop. They drive the turn-taking core exactly as a worker does, and a checker looks
//! at everything that goes in and comes out.
//!
//! ```text
//! seed ──▶ options ──▶ safety phase (with faults) ──▶ quiet ──▶ liveness phase (without) ──▶ quiet ──▶ verdict
//! ```
//!
//! In the safety phase nothing forbidden may happen, whatever fails. In the liveness phase everything that was
//! promised must happen, in bounded time. A run depends on its seed and nothing else; [`run_traced`] shows every
//! step of it.
//!
//! What is checked, and how to reproduce a seed: `docs/simulation.md`.

mod checker;
mod driver;
mod options;
mod people;
mod player;
mod providers;
mod rooms;
mod trace;
mod words;

pub use checker::Violation;
pub use options::{Habit, Options};
pub use providers::Provider;
pub use rooms::Rooms;
pub use trace::Trace;
pub use troupe_dialogue::{Counters, Fault};

/// Rooms of many seeds.
pub type Sweep = troupe_seeded::Sweep<Rooms>;

use driver::Driver;

/// What a clean run was like.
#[derive(Debug, Clone, Copy, Default)]
pub struct Report {
    /// What the core counted.
    pub counters: Counters,
    /// Inputs that it was handed.
    pub inputs: u64,
    /// Virtual length of the run, s.
    pub seconds: u64,
}

/// Plays the room of a seed; with `fault` the core has that fault.
///
/// # Errors
/// The first thing that should not have happened.
pub fn run(seed: u64, fault: Option<Fault>) -> Result<Report, Violation> {
    Driver::new(Options::draw(seed), fault, Trace::off()).run().0
}

/// The same, and the latest steps of it.
pub fn run_traced(seed: u64, fault: Option<Fault>) -> (Result<Report, Violation>, Trace) {
    Driver::new(Options::draw(seed), fault, Trace::on()).run()
}
