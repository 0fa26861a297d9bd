//! Fleets on virtual time, drawn from a seed: workers that die, stand still or are cut off, clocks that drift and
//! are set, messages that are lost, doubled, late. They drive the lease's decisions as worker and API do, and a
//! checker looks at everything that is granted, said and stored.
//!
//! ```text
//! seed ──▶ options ──▶ safety phase (with faults) ──▶ liveness phase (without) ──▶ verdict
//! ```
//!
//! What is checked, and how to play a seed again: `docs/lease.md`.

mod checker;
mod fleets;
mod machine;
mod message;
mod options;
mod server;
mod world;

pub use checker::{Report, Violation};
pub use fleets::Fleets;
pub use options::Options;
pub use troupe_lease::Fault;

/// Fleets of many seeds.
pub type Sweep = troupe_seeded::Sweep<Fleets>;

use world::World;

/// Plays the fleet of a seed; with `fault` the decisions have that fault.
///
/// # Errors
/// The first thing that should not have happened.
pub fn run(seed: u64, fault: Option<Fault>) -> Result<Report, Violation> {
    World::new(Options::draw(seed), fault, false).run().0
}

/// The same, and every step of it.
pub fn run_traced(seed: u64, fault: Option<Fault>) -> (Result<Report, Violation>, Vec<String>) {
    World::new(Options::draw(seed), fault, true).run()
}
