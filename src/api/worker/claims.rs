//! `POST /worker/v1/claims` and `POST /worker/v1/changes`: the two long polls.

use axum::Json;
use axum::extract::State;
use tokio::time::Instant;

use super::super::auth::Worker;
use super::super::body::Wire;
use super::super::error::ApiError;
use super::super::openapi::refusals::{BadBody, Refused};
use super::super::openapi::schema::{self, described};
use super::super::state::Api;
use super::gate::Look;
use super::polling::{LOOK_AGAIN_MAX, Poll, Woken};
use super::{ROOMS_MAX, TAG, WAIT_MS_MAX, check_id, check_wait, worker_body};
use crate::protocol::{ChangesRequest, ChangesResponse, ClaimRequest, ClaimResponse};
use crate::rooms::error::Error;
use crate::rooms::lease::LEASE_MS;
use crate::rooms::store::Asking;
use crate::rooms::wakeups::Topic;

described!(
    /// See [`ClaimRequest`].
    ClaimBody,
    worker_body("A worker asks for rooms.")
        .needs("requestId", "The same id again answers the same claims.", schema::name())
        .needs(
            "capacity",
            "Rooms that the worker has space for.",
            schema::from_to(1, ROOMS_MAX as u64),
        )
        .needs("waitMs", "How long to wait for a room, ms.", schema::from_to(0, WAIT_MS_MAX))
);

/// Wait for rooms to play, and take them.
#[utoipa::path(
    post,
    path = "/worker/v1/claims",
    operation_id = "claimRooms",
    tag = TAG,
    security(("worker_key" = [])),
    request_body = ClaimBody,
    responses(
        (status = 200, description = "Rooms, or none when the wait is over.", body = ClaimResponse),
        Refused,
        BadBody,
    )
)]
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
    let mut why = Look::First;
    let claims = loop {
        let woken = poll.listen();
        let mut is_out_of_touch = false;
        let asking = match why {
            Look::First => Asking::Now,
            Look::Since(_) => Asking::Still,
        };
        let look = async || {
            let found = api
                .rooms
                .claim(&request.worker_id, &request.request_id, request.capacity, asking)
                .await?;
            is_out_of_touch = found.is_out_of_touch;
            // What it was not given may be for somebody else.
            let next_in_ms = if is_out_of_touch {
                Some(0)
            } else {
                found.next_in_ms
            };
            Ok::<_, Error>((found.claims, next_in_ms))
        };
        let (claims, next_in_ms) = api.gate.pass(why, look).await?;
        if !claims.is_empty() || is_out_of_touch {
            break claims;
        }
        why = match poll.wait(woken, next_in_ms).await {
            Woken::Over => break claims,
            Woken::ByNews => Look::Since(Instant::now()),
            // Looks of all polls together are often enough.
            Woken::ByTime => {
                let now = Instant::now();
                Look::Since(now.checked_sub(LOOK_AGAIN_MAX).unwrap_or(now))
            }
        };
    };
    Ok(Json(ClaimResponse {
        claims,
        lease_ms: LEASE_MS.unsigned_abs(),
    }))
}

described!(
    /// See [`ChangesRequest`].
    ChangesBody,
    worker_body("A worker asks for news.")
        .needs("cursor", "Position after the last change seen; 0 at first.", schema::count())
        .needs("waitMs", "How long to wait for a change, ms.", schema::from_to(0, WAIT_MS_MAX))
);

/// Wait for changes in the worker's rooms.
#[utoipa::path(
    post,
    path = "/worker/v1/changes",
    operation_id = "getChanges",
    tag = TAG,
    security(("worker_key" = [])),
    request_body = ChangesBody,
    responses(
        (status = 200, description = "Changes, or none when the wait is over.", body = ChangesResponse),
        Refused,
        BadBody,
    )
)]
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
        if !changes.is_empty() || poll.wait(woken, None).await == Woken::Over {
            return Ok(Json(ChangesResponse { cursor, changes }));
        }
    }
}
