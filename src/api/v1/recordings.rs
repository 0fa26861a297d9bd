//! `/v1/rooms/{roomId}/recordings`: what was recorded of a room.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::auth::{Host, Project};
use super::super::body::NoBody;
use super::super::error::ApiError;
use super::super::openapi::params as shared;
use super::super::openapi::refusals::{BadNothing, Conflicting, Invalid, NoSuch, Refused};
use super::super::openapi::schema::Nothing;
use super::super::page::Page;
use super::super::path::Path;
use super::super::query::Params;
use super::super::recordings::RecordingAnswer;
use super::super::state::Api;
use super::TAG;

/// List the recordings of a room: the mix first, then participants in the order in which they came.
///
/// Empty until the room is over and its recordings are ready.
#[utoipa::path(
    get,
    path = "/v1/rooms/{roomId}/recordings",
    operation_id = "listRecordings",
    tag = TAG,
    security(("secret_key" = []), ("page_token" = [])),
    params(("roomId" = String, Path, description = "The room."), shared::Page),
    responses(
        (status = 200, description = "All of them, or a page.", body = Vec<RecordingAnswer>, headers(
            ("Link" = Option<String>, description = "Where the next page is, if there is one.")
        )),
        Refused,
        NoSuch,
        Invalid,
    )
)]
pub(super) async fn list(
    State(api): State<Api>,
    Host(project_id): Host,
    Path(room_id): Path<String>,
    mut params: Params,
) -> Result<Response, ApiError> {
    let page = Page::read(
        &api,
        &project_id,
        format!("/v1/rooms/{room_id}/recordings"),
        &mut params,
    )?;
    params.finish()?;
    let recordings = api
        .rooms
        .recordings(&project_id, &room_id, page.after(), page.fetch())
        .await?;
    let now = api.rooms.store.now().await?;
    let answers = recordings
        .into_iter()
        .map(|recording| RecordingAnswer::new(&api, recording, now))
        .collect();
    Ok(page.answer(answers, RecordingAnswer::seq))
}

#[derive(Serialize, ToSchema)]
pub(super) struct RemovedAnswer {
    removed: bool,
}

/// Remove all recordings of a room that is over, for good. Idempotent.
#[utoipa::path(
    delete,
    path = "/v1/rooms/{roomId}/recordings",
    operation_id = "removeRecordings",
    tag = TAG,
    security(("secret_key" = [])),
    params(("roomId" = String, Path, description = "The room.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "They are gone.", body = RemovedAnswer),
        Refused,
        NoSuch,
        BadNothing,
        Conflicting,
    )
)]
pub(super) async fn remove(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(room_id): Path<String>,
    _: NoBody,
) -> Result<Json<RemovedAnswer>, ApiError> {
    api.rooms.remove_recordings(&project_id, &room_id).await?;
    Ok(Json(RemovedAnswer { removed: true }))
}
