//! The worker protocol, `/worker/v1/…`: rooms are claimed, played under a lease, released.

mod claims;
mod entries;
mod gate;
mod notes;
mod polling;
mod recordings;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) use self::gate::Gate;

use super::auth::Worker;
use super::body::Wire;
use super::error::ApiError;
use super::fields::{NAME_CHARS_MAX, check_filled, check_text};
use super::openapi::refusals::{BadBody, Conflicting, NoSuch, Refused};
use super::openapi::schema::{self, Body, described};
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

/// How the document calls this surface.
const TAG: &str = "Worker protocol";

pub(super) fn answers() -> OpenApiRouter<Api> {
    OpenApiRouter::default()
        .routes(routes!(claims::claim))
        .routes(routes!(claims::changes))
        .routes(routes!(heartbeat))
        .routes(routes!(entries::append))
        .routes(routes!(release))
        .routes(routes!(recordings::tell))
        .routes(routes!(recordings::store))
}

/// A body that begins with the worker's id.
fn worker_body(about: &str) -> Body {
    Body::new(about).needs("workerId", "Names the worker process.", schema::name())
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

described!(
    /// See [`HeartbeatRequest`].
    HeartbeatBody,
    worker_body("A worker's sign of life, one for all its rooms.")
        .needs(
            "rooms",
            "Rooms that it holds.",
            schema::list(
                Body::new("A room and the epoch under which it is held.")
                    .needs("roomId", "The room.", schema::string())
                    .needs("epoch", "The claim's epoch.", schema::count()),
                ROOMS_MAX,
            ),
        )
        .needs("draining", "It takes no more rooms.", schema::boolean())
        .may(
            "beat",
            "Counts the worker's heartbeats from 1; one that was overtaken is not heeded.",
            schema::nullable_from_to(1, i64::MAX.unsigned_abs()),
        )
        .may(
            "notes",
            "What is under way in rooms in which that has changed.",
            schema::list(notes::of_room(), ROOMS_MAX),
        )
);

/// Extend a worker's lease.
#[utoipa::path(
    post,
    path = "/worker/v1/heartbeat",
    operation_id = "heartbeat",
    tag = TAG,
    security(("worker_key" = [])),
    request_body = HeartbeatBody,
    responses(
        (status = 200, description = "What it holds no more.", body = HeartbeatResponse),
        Refused,
        BadBody,
    )
)]
async fn heartbeat(
    State(api): State<Api>,
    _: Worker,
    Wire(mut request): Wire<HeartbeatRequest>,
) -> Result<Json<HeartbeatResponse>, ApiError> {
    check_id("workerId", &request.worker_id)?;
    if request.rooms.len() > ROOMS_MAX {
        return Err(ApiError::invalid(
            "rooms",
            format!("must have at most {ROOMS_MAX} items"),
        ));
    }
    if request.notes.len() > ROOMS_MAX {
        return Err(ApiError::invalid(
            "notes",
            format!("must have at most {ROOMS_MAX} items"),
        ));
    }
    if request
        .beat
        .is_some_and(|beat| beat == 0 || i64::try_from(beat).is_err())
    {
        return Err(ApiError::invalid("beat", "must count from 1"));
    }
    // What is no id names no room, and Postgres takes no NUL.
    request
        .notes
        .retain(|note| check_id("notes", &note.room_id).is_ok());
    for note in &mut request.notes {
        notes::bound(&mut note.note);
    }
    Ok(Json(HeartbeatResponse {
        lost: api.rooms.heartbeat(&request).await?,
        lease_ms: LEASE_MS.unsigned_abs(),
    }))
}

/// The room is let go of.
#[derive(Serialize, ToSchema)]
struct ReleaseAnswer {
    /// Always true.
    released: bool,
}

described!(
    /// See [`ReleaseRequest`].
    ReleaseBody,
    worker_body("Why a worker lets go of a room.")
        .needs("epoch", "The claim's epoch.", schema::count())
        .needs(
            "reason",
            "`ended`: the API ended it. `empty`: nobody was in it. `max_duration`: its time is up. \
             `draining`: the worker stops. `failed`: it could not be played.",
            schema::choice(["ended", "empty", "max_duration", "draining", "failed"]),
        )
        .may(
            "detail",
            "What failed, without speech, names or secrets.",
            schema::nullable_string(),
        )
        .may("note", "What is left undone.", notes::note().or_null())
);

/// Let go of a room.
#[utoipa::path(
    post,
    path = "/worker/v1/rooms/{roomId}/release",
    operation_id = "releaseRoom",
    tag = TAG,
    security(("worker_key" = [])),
    params(("roomId" = String, Path, description = "The room.")),
    request_body = ReleaseBody,
    responses(
        (status = 200, description = "It is let go of.", body = ReleaseAnswer),
        Refused,
        NoSuch,
        BadBody,
        Conflicting,
    )
)]

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
    request.note.iter_mut().for_each(notes::bound);
    api.rooms.release(&room_id, &request).await?;
    Ok(Json(ReleaseAnswer { released: true }))
}
