//! A time by which every request is answered, a slow body included.

use std::time::Duration;

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::ApiError;

/// For requests of a project: LiveKit's own limit and the database's, with some air.
const DEADLINE: Duration = Duration::from_secs(15);
/// For requests of a worker: the longest poll, with some air.
const WORKER_DEADLINE: Duration = Duration::from_secs(40);
/// For a message that characters answer: the wait for the room, the time of an exchange, with some air.
const EXCHANGE_DEADLINE: Duration = Duration::from_secs(100);

pub(super) async fn project(request: Request, next: Next) -> Response {
    within(DEADLINE, request, next).await
}

pub(super) async fn worker(request: Request, next: Next) -> Response {
    within(WORKER_DEADLINE, request, next).await
}

pub(super) async fn exchange(request: Request, next: Next) -> Response {
    within(EXCHANGE_DEADLINE, request, next).await
}

async fn within(limit: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            ApiError::unavailable("deadline_exceeded", "the request took too long; try again").into_response()
        }
    }
}
