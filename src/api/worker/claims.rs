//! `POST /worker/v1/claims` and `POST /worker/v1/changes`: the two long polls.

use axum::Json;
use axum::extract::State;

use super::super::auth::Worker;
use super::super::body::Wire;
use super::super::error::ApiError;
use super::super::state::Api;
use super::polling::Poll;
use super::{ROOMS_MAX, check_id, check_wait};
use crate::protocol::{ChangesRequest, ChangesResponse, ClaimRequest, ClaimResponse};
use crate::rooms::lease::LEASE_MS;
use crate::rooms::wakeups::Topic;

pub(super) async fn claim(
    State(api): State<Api>,
    _: Worker,
    Wire(request): Wire<ClaimRequest>,
) -> Result<Json<ClaimResponse>, ApiError> {
    check_id("workerId", &request.worker_id)?;
    check_id("requestId", &request.request_id)?;
    check_wait(request.wait_ms)?;
    if !usize::try_from(request.capacity).is_ok_and(|rooms| (1..=ROOMS_MAX).contains(&rooms)) {
        return Err(ApiError::invalid(
            "capacity",
            format!("must be from 1 to {ROOMS_MAX}"),
        ));
    }
    let poll = Poll::new(&api, Topic::Claims, request.wait_ms);
    let claims = loop {
        let woken = poll.listen();
        let (claims, next_in_ms) = api
            .rooms
            .claim(&request.worker_id, &request.request_id, request.capacity)
            .await?;
        if !claims.is_empty() || !poll.wait(woken, next_in_ms).await {
            break claims;
        }
    };
    Ok(Json(ClaimResponse {
        claims,
        lease_ms: LEASE_MS.unsigned_abs(),
    }))
}

pub(super) async fn changes(
    State(api): State<Api>,
    _: Worker,
    Wire(request): Wire<ChangesRequest>,
) -> Result<Json<ChangesResponse>, ApiError> {
    check_id("workerId", &request.worker_id)?;
    check_wait(request.wait_ms)?;
    let poll = Poll::new(&api, Topic::Worker(request.worker_id.clone()), request.wait_ms);
    loop {
        let woken = poll.listen();
        let (cursor, changes) = api.rooms.changes(&request.worker_id, request.cursor).await?;
        if !changes.is_empty() || !poll.wait(woken, None).await {
            return Ok(Json(ChangesResponse { cursor, changes }));
        }
    }
}
