//! What the API bears, `[limits]` in `troupe.toml`.

use std::time::Duration;

use super::setting as s;
use super::sources::Sources;
use crate::{api, rooms::allowance::Allowance};

/// Largest rate and largest number of requests or rooms that can be asked for.
const COUNT_MAX: u32 = 1_000_000;
/// Smallest and largest bound of a body, bytes.
const BODY_BYTES: std::ops::RangeInclusive<u32> = 16 * 1024..=16 * 1024 * 1024;
/// Shortest and longest time for one request, s.
const TIMEOUT_S: std::ops::RangeInclusive<u32> = 1..=300;

/// Bounds of the server, and of each project.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// What the server bears.
    pub server: api::Limits,
    /// What one project may have going on.
    pub project: Allowance,
}

impl Limits {
    /// What is set, and the usual for the rest.
    pub(super) fn read(from: &mut Sources<'_>) -> Self {
        let usual = Self::default();
        let places = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let (server, project) = (usual.server, usual.project);
        Self {
            server: api::Limits {
                rate_per_key: from
                    .number(s::RATE_PER_KEY, None, 0..=COUNT_MAX)
                    .unwrap_or(server.rate_per_key),
                rate_per_project: from
                    .number(s::RATE_PER_PROJECT, None, 0..=COUNT_MAX)
                    .unwrap_or(server.rate_per_project),
                requests_max: from
                    .number(s::REQUESTS_MAX, None, 1..=COUNT_MAX)
                    .map_or(server.requests_max, places),
                worker_requests_max: from
                    .number(s::WORKER_REQUESTS_MAX, None, 1..=COUNT_MAX)
                    .map_or(server.worker_requests_max, places),
                streams_max: from
                    .number(s::STREAMS_MAX, None, 1..=COUNT_MAX)
                    .map_or(server.streams_max, places),
                request_timeout: from
                    .number(s::REQUEST_TIMEOUT, None, TIMEOUT_S)
                    .map_or(server.request_timeout, |seconds| {
                        Duration::from_secs(seconds.into())
                    }),
                body_bytes_max: from
                    .number(s::BODY_BYTES_MAX, None, BODY_BYTES)
                    .map_or(server.body_bytes_max, places),
            },
            project: Allowance {
                rooms_max: from
                    .number(s::PROJECT_ROOMS_MAX, None, 0..=COUNT_MAX)
                    .unwrap_or(project.rooms_max),
                minutes_per_day_max: from
                    .number(s::PROJECT_MINUTES, None, 0..=COUNT_MAX)
                    .unwrap_or(project.minutes_per_day_max),
            },
        }
    }
}
