//! How often a key and its project may ask, told in `RateLimit-…` headers.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::extract::Request;
use axum::http::{Extensions, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};

use super::Limits;
use crate::api::error::ApiError;

type Limiter = RateLimiter<String, DashMapStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// Requests between two times that keys are forgotten which were not used for a while.
const FORGET_EVERY: u32 = 10_000;
/// Why a request is turned away.
const CODE: &str = "rate_limited";

/// Counts the requests of each key and each project.
pub(in crate::api) struct Rates {
    keys: Option<Limiter>,
    projects: Option<Limiter>,
    clock: DefaultClock,
    counted: AtomicU32,
}

/// How a caller stands after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Standing {
    /// Requests at once after a pause.
    limit: u32,
    /// Requests that are left of it now.
    remaining: u32,
}

/// Where the rate that a request was counted under is noted for its answer.
#[derive(Clone, Default)]
struct Note(Arc<OnceLock<Standing>>);

impl Rates {
    pub(in crate::api) fn new(limits: &Limits) -> Self {
        let limiter = |rate| {
            NonZeroU32::new(rate).map(|rate| RateLimiter::dashmap(Quota::per_second(rate)).with_middleware())
        };
        Self {
            keys: limiter(limits.rate_per_key),
            projects: limiter(limits.rate_per_project),
            clock: DefaultClock::default(),
            counted: AtomicU32::new(0),
        }
    }

    /// Counts a request of a key that is valid, so that nobody fills memory with keys that are not.
    ///
    /// # Errors
    /// When key or project asked too often: 429 with the time to wait.
    pub(in crate::api) fn count(
        &self,
        extensions: &Extensions,
        key_id: &str,
        project_id: Option<&str>,
    ) -> Result<(), ApiError> {
        if self.counted.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.forget_idle();
        }
        let mut tightest: Option<Standing> = None;
        let counts = [
            (&self.keys, Some(key_id), "this key"),
            (&self.projects, project_id, "this project"),
        ];
        for (limiter, id, who) in counts {
            let (Some(limiter), Some(id)) = (limiter, id) else {
                continue;
            };
            let standing = match limiter.check_key(&id.to_owned()) {
                Ok(state) => Standing {
                    limit: state.quota().burst_size().get(),
                    remaining: state.remaining_burst_capacity(),
                },
                Err(until) => {
                    note(
                        extensions,
                        Standing {
                            limit: until.quota().burst_size().get(),
                            remaining: 0,
                        },
                    );
                    let wait = until.wait_time_from(self.clock.now());
                    return Err(refusal(who, wait));
                }
            };
            if tightest.is_none_or(|tightest| standing.remaining < tightest.remaining) {
                tightest = Some(standing);
            }
        }
        if let Some(standing) = tightest {
            note(extensions, standing);
        }
        Ok(())
    }

    fn forget_idle(&self) {
        for limiter in [&self.keys, &self.projects].into_iter().flatten() {
            limiter.retain_recent();
        }
    }
}

fn note(extensions: &Extensions, standing: Standing) {
    if let Some(Note(noted)) = extensions.get() {
        // A handler with two extractors that look at the key counts twice; the first standing is told.
        let _ = noted.set(standing);
    }
}

fn refusal(who: &str, wait: Duration) -> ApiError {
    ApiError::too_many(CODE, format!("{who} asks too often; wait and try again"), wait)
}

/// Adds the headers that say how the caller stands.
pub(in crate::api) async fn tell(mut request: Request, next: Next) -> Response {
    let note = Note::default();
    request.extensions_mut().insert(note.clone());
    let mut response = next.run(request).await;
    if let Some(standing) = note.0.get() {
        // The bucket is full again within a second.
        let reset_s = u32::from(standing.remaining < standing.limit);
        for (name, value) in [
            ("ratelimit-limit", standing.limit),
            ("ratelimit-remaining", standing.remaining),
            ("ratelimit-reset", reset_s),
        ] {
            response
                .headers_mut()
                .insert(HeaderName::from_static(name), HeaderValue::from(value));
        }
    }
    response
}
