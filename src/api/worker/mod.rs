//! The worker protocol, `/worker/v1/…`: rooms are claimed, played under a lease, released.

mod claims;
mod entries;
mod polling;

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use serde::Serialize;

use super::auth::Worker;
use super::body::Wire;
use super::error::ApiError;
use super::fields::{NAME_CHARS_MAX, check_filled, check_text};
use super::path::Path;
use super::state::Api;
use crate::protocol::{HeartbeatRequest, HeartbeatResponse, ReleaseRequest};
use crate::rooms::lease::LEASE_MS;

/// Longest wait of a long poll, ms.
const WAIT_MS_MAX: u64 = 30_000;
/// Most rooms that one worker may claim at once or name in a heartbeat.
const ROOMS_MAX: usize = 1_000;
/// Longest failure detail that is kept, characters.
const DETAIL_CHARS_MAX: usize = 1_000;

pub(super) fn answers() -> Router<Api> {
    Router::new()
        .route("/worker/v1/claims", post(claims::claim))
        .route("/worker/v1/changes", post(claims::changes))
        .route("/worker/v1/heartbeat", post(heartbeat))
        .route("/worker/v1/rooms/{roomId}/entries", post(entries::append))
        .route("/worker/v1/rooms/{roomId}/release", post(release))
}

fn check_id(param: &str, id: &str) -> Result<(), ApiError> {
    check_text(param, id, NAME_CHARS_MAX)?;
    check_filled(param, id)
}

fn check_wait(wait_ms: u64) -> Result<(), ApiError> {
    if wait_ms > WAIT_MS_MAX {
        return Err(ApiError::invalid(
            "waitMs",
            format!("must be from 0 to {WAIT_MS_MAX}"),
        ));
    }
    Ok(())
}

async fn heartbeat(
    State(api): State<Api>,
    _: Worker,
    Wire(request): Wire<HeartbeatRequest>,
) -> Result<Json<HeartbeatResponse>, ApiError> {
    check_id("workerId", &request.worker_id)?;
    if request.rooms.len() > ROOMS_MAX {
        return Err(ApiError::invalid(
            "rooms",
            format!("must have at most {ROOMS_MAX} items"),
        ));
    }
    Ok(Json(HeartbeatResponse {
        lost: api.rooms.heartbeat(&request).await?,
        lease_ms: LEASE_MS.unsigned_abs(),
    }))
}

#[derive(Serialize)]
struct ReleaseAnswer {
    released: bool,
}

async fn release(
    State(api): State<Api>,
    _: Worker,
    Path(room_id): Path<String>,
    Wire(mut request): Wire<ReleaseRequest>,
) -> Result<Json<ReleaseAnswer>, ApiError> {
    check_id("workerId", &request.worker_id)?;
    // A release must not fail for the text of its reason.
    request.detail = request
        .detail
        .map(|detail| detail.replace('\0', "").chars().take(DETAIL_CHARS_MAX).collect());
    api.rooms.release(&room_id, &request).await?;
    Ok(Json(ReleaseAnswer { released: true }))
}
