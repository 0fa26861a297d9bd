//! A number of requests at the same time, and a time by which each is answered, a slow body included.
//!
//! Nothing waits for a place: a request that finds none is told to come back, so that those inside are done
//! soon.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;
use utoipa_axum::router::OpenApiRouter;

use super::Limits;
use crate::api::error::ApiError;
use crate::api::state::Api;

/// For requests of a worker: the longest poll, with some air.
const WORKER_TIMEOUT: Duration = Duration::from_secs(40);

/// The places for requests of one kind.
#[derive(Clone)]
pub(in crate::api) struct Bounded {
    places: Arc<Semaphore>,
    timeout: Duration,
}

impl Bounded {
    /// For requests of projects.
    pub(in crate::api) fn projects(limits: &Limits) -> Self {
        Self::new(limits.requests_max, limits.request_timeout)
    }

    /// For requests of workers, long polls among them.
    pub(in crate::api) fn workers(limits: &Limits) -> Self {
        Self::new(limits.worker_requests_max, WORKER_TIMEOUT)
    }

    fn new(places: usize, timeout: Duration) -> Self {
        Self {
            places: Arc::new(Semaphore::new(places.min(Semaphore::MAX_PERMITS))),
            timeout,
        }
    }

    /// Puts these paths behind the bound; all paths behind one `Bounded` share its places.
    pub(in crate::api) fn around(&self, paths: OpenApiRouter<Api>) -> OpenApiRouter<Api> {
        let bounded = self.clone();
        paths.layer(from_fn(move |request: Request, next: Next| {
            let bounded = bounded.clone();
            async move { bounded.answer(request, next).await }
        }))
    }

    async fn answer(&self, request: Request, next: Next) -> Response {
        let Ok(_place) = self.places.try_acquire() else {
            return ApiError::unavailable("overloaded", "the server is busy; try again").into_response();
        };
        match tokio::time::timeout(self.timeout, next.run(request)).await {
            Ok(response) => response,
            Err(_) => ApiError::unavailable("deadline_exceeded", "the request took too long; try again")
                .into_response(),
        }
    }
}
