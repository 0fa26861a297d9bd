//! What the server bears: how often it may be asked, how much at once, how long, how large.

mod bounded;
mod rates;

use std::time::Duration;

pub(super) use bounded::Bounded;
pub(super) use rates::{Rates, tell};

/// Bounds of the server as a whole. Those of rooms are in [`RoomBounds`](crate::rooms::service::RoomBounds).
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Requests of one key in a second, and at once after a pause; 0 for no bound.
    pub rate_per_key: u32,
    /// The same for all keys of one project.
    pub rate_per_project: u32,
    /// Requests of projects that are answered at the same time; another one is a 503.
    pub requests_max: usize,
    /// The same for workers, whose long polls take a place each.
    pub worker_requests_max: usize,
    /// Event streams open at the same time.
    pub streams_max: usize,
    /// Time within which a project's request is answered, a slow body included.
    pub request_timeout: Duration,
    /// Largest body of a project's request, bytes.
    pub body_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            rate_per_key: 2_000,
            rate_per_project: 4_000,
            requests_max: 512,
            worker_requests_max: 2_048,
            streams_max: 1_000,
            // LiveKit's own limit and the database's, with some air.
            request_timeout: Duration::from_secs(15),
            body_bytes_max: 256 * 1024,
        }
    }
}
