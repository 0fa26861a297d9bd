//! A black-box caller: an ordinary participant that plays recorded speech and times the sound that comes back.
//!
//! ```text
//! utterance → microphone (10 ms frames in real time) → LiveKit → … → LiveKit → ear → onset, last sound
//! ```
//!
//! What the figures mean, so that they can be laid beside those of other callers that define them alike:
//!
//! - *end of speech*: the instant at which the last sample of an utterance was handed to the transport;
//! - *onset*: the arrival of the first sample above [`ear::THRESHOLD_DB`] of a sound of at least 50 ms;
//! - *first-audio delay*: from the end of speech to the onset, both legs of the transport included;
//! - *cut delay*: from the first sample of the interrupting speech to the last audible sample of the character;
//! - *join*: from the request that starts the room to what the caller sees of the character.

mod connection;
pub mod contention;
pub mod ear;
mod microphone;
pub mod record;
pub mod stages;
pub mod summary;
mod talk;
pub mod utterance;

use std::time::Instant;

pub use connection::{Caller, CallerError};
pub use record::{CallerRun, RoomRun, Turn};
pub use stages::{PARTS, parts};
pub use summary::Summary;
pub use talk::{Patience, ReplyControl};
pub use utterance::Utterance;

/// Sample rate of what is said and heard, Hz, mono.
pub const RATE_HZ: u32 = 48_000;

/// Seconds since 1970 that never jump: read from the wall once, counted on by a steady clock.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    origin: Instant,
    origin_s: f64,
}

impl Clock {
    /// Reads the wall clock.
    pub fn start() -> Self {
        let nanos = time::OffsetDateTime::now_utc().unix_timestamp_nanos();
        Self {
            origin: Instant::now(),
            origin_s: nanos as f64 / 1e9,
        }
    }

    /// Now, s since 1970.
    pub fn now_s(&self) -> f64 {
        self.origin_s + self.origin.elapsed().as_secs_f64()
    }
}

/// A span in ms with one decimal, as it is written.
pub(crate) fn ms(from_s: f64, to_s: f64) -> f64 {
    tenths((to_s - from_s) * 1000.0)
}

/// A figure with one decimal.
pub(crate) fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
