//! Rooms on virtual time, drawn from a seed: people with habits, providers that are slow, fail or lie, networks
//! that drop. They drive the turn-taking core exactly as a worker does, and a checker looks
//! at everything that goes in and comes out.
//!
//! ```text
//! seed ──▶ options ──▶ safety phase (with faults) ──▶ quiet ──▶ liveness phase (without) ──▶ verdict
//! ```
//!
//! In the safety phase nothing forbidden may happen, whatever fails. In the liveness phase everything that was
//! promised must happen, in bounded time. A run depends on its seed and nothing else; [`run`] with a trace shows
//! every step of it.

mod chance;
mod checker;
mod driver;
mod options;
mod people;
mod player;
mod providers;
mod queue;
mod trace;
mod words;

pub use checker::Violation;
pub use options::Options;
pub use trace::Trace;
use troupe_dialogue::{Counters, Fault};

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
    Driver::new(Options::draw(seed), fault, Trace::off())
        .run()
        .map_err(|(violation, _)| violation)
}

/// The same, and every step of it.
pub fn run_traced(seed: u64, fault: Option<Fault>) -> (Result<Report, Violation>, Trace) {
    match Driver::new(Options::draw(seed), fault, Trace::on()).run() {
        Ok(report) => (Ok(report), Trace::off()),
        Err((violation, trace)) => (Err(violation), trace),
    }
}
