//! Conversations as a driver sees them: inputs with times in, outputs out.
//!
//! - `stage`: people and characters on a stage, with helpers that say what happens to them
//! - `turns`: when turns end, merge, and what becomes of them
//! - `overlaps`: sounds over a speech
//! - `cast`: who answers, who goes on, who stays silent
//! - `failures`: providers that fail or hang
//! - `found`: what the simulator found
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod cast;
mod failures;
mod found;
mod overlaps;
mod stage;
mod turns;
