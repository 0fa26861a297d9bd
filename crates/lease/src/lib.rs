//! Who plays a room: what the server decides on a room's row, and what a worker may believe of the rooms that it
//! holds. Both sides are pure: time is an argument, in milliseconds, and what is to be done is an answer.
//!
//! ```text
//! server   Lease::claim, check, release, beat        by the database's clock
//! worker   Keeper: claims ─► beats ─► Enter … Leave  by the boot clock, which goes on while the machine sleeps
//! ```
//!
//! # The promise
//!
//! A worker's rooms are its own for [`LEASE_MS`] from the moment at which the server heard of it. The worker counts
//! [`STANDS_MS`] from the moment at which it *asked*, which lies before that. As long as the two clocks run equally
//! fast, to within a quarter, and the database's is not set, no two workers believe at one time that they play a
//! room. When the database's clock is set forward, they may, for at most [`STANDS_MS`]; what the older one writes is
//! refused all the while, for each claim has an epoch of its own.
//!
//! What can go wrong in between is played by `crates/lease/sim`, from seeds. What threads share of it is in [`shared`].

#[cfg_attr(
    not(feature = "faults"),
    expect(
        dead_code,
        unreachable_pub,
        reason = "without the feature only its questions are asked"
    )
)]
mod fault;
mod keeper;
mod requests;
mod room;
pub mod shared;

#[cfg(feature = "faults")]
pub use fault::{Fault, Planted};
pub use keeper::{Held, Input, Keeper, Output};
pub use requests::Requests;
pub use room::{
    BACKOFF_FIRST_MS, BACKOFF_MAX_MS, Beat, FAILURES_MAX, Holder, LEASE_MS, Lease, Over, Reason, Released,
    SOUND_AFTER_MS, Stale, Told, Verdict, is_overtaken,
};

/// Time between a worker's heartbeats, ms.
pub const BEAT_EVERY_MS: i64 = 2_000;
/// The least time between two heartbeats of which the second one brings news, ms.
pub const NEWS_EVERY_MS: i64 = 500;
/// Time until the next heartbeat after one that failed, ms.
pub const BEAT_AGAIN_MS: i64 = 500;
/// Time after the question of the last acknowledged heartbeat for which a worker stands by its rooms, ms by its
/// boot clock. Less than [`LEASE_MS`] by more than any clock runs fast.
pub const STANDS_MS: i64 = 6_000;
