//! `/v1/rooms/{roomId}/recordings`: what was recorded of a room.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;

use super::super::auth::Project;
use super::super::body::NoBody;
use super::super::error::ApiError;
use super::super::fields::NAME_CHARS_MAX;
use super::super::path::Path;
use super::super::query::Params;
use super::super::recordings::RecordingAnswer;
use super::super::state::Api;
use super::{PAGE_MAX, cut, page};

/// The mix first, then participants in the order in which they came: all of them, or a page of `limit` after the
/// recording `after`. Empty until the room is over and its recordings are ready.
pub(super) async fn list(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(room_id): Path<String>,
    mut params: Params,
) -> Result<Response, ApiError> {
    let limit = params.number("limit", 1..=PAGE_MAX)?;
    let after = params.text("after", NAME_CHARS_MAX)?;
    params.finish()?;
    let recordings = api
        .rooms
        .recordings(
            &project_id,
            &room_id,
            after.as_deref(),
            limit.map(|limit| limit + 1),
        )
        .await?;
    let now = api.rooms.store.now().await?;
    let mut answers: Vec<_> = recordings
        .into_iter()
        .map(|recording| RecordingAnswer::new(&api, recording, now))
        .collect();
    let next = cut(&mut answers, limit, RecordingAnswer::id)
        .zip(limit)
        .map(|(after, limit)| {
            format!(
                "{}/v1/rooms/{room_id}/recordings?limit={limit}&after={after}",
                api.public_url
            )
        });
    Ok(page(&answers, next))
}

#[derive(Serialize)]
pub(super) struct RemovedAnswer {
    removed: bool,
}

/// Removes all recordings of a room that is over, for good. Idempotent.
pub(super) async fn remove(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(room_id): Path<String>,
    _: NoBody,
) -> Result<Json<RemovedAnswer>, ApiError> {
    api.rooms.remove_recordings(&project_id, &room_id).await?;
    Ok(Json(RemovedAnswer { removed: true }))
}
