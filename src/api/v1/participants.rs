//! `/v1/rooms/{roomId}/participants`: the cast.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::super::auth::Project;
use super::super::body::{JsonBody, NoBody};
use super::super::error::ApiError;
use super::super::fields::NAME_CHARS_MAX;
use super::super::idempotency::{Attempt, once};
use super::super::path::Path;
use super::super::state::Api;
use crate::rooms::room::Participant;

/// Adds a character: 201, or 200 with the same participant when it is there already.
pub(super) async fn add(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(room_id): Path<String>,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let mut fields = body.fields;
    let character_id = fields.required_text("characterId", NAME_CHARS_MAX)?;
    fields.finish()?;
    let attempt = Attempt {
        scope: format!("{project_id} POST /v1/rooms/{room_id}/participants"),
        headers,
        body: body.canonical,
    };
    let rooms = api.rooms.clone();
    once(&api, attempt, async move {
        let (participant, new) = rooms.add(&project_id, &room_id, &character_id).await?;
        let status = if new { StatusCode::CREATED } else { StatusCode::OK };
        Ok((status, participant))
    })
    .await
}

/// Removes a character and answers its participant.
pub(super) async fn remove(
    State(api): State<Api>,
    Project(project_id): Project,
    Path((room_id, character_id)): Path<(String, String)>,
    _: NoBody,
) -> Result<Json<Participant>, ApiError> {
    Ok(Json(
        api.rooms.remove(&project_id, &room_id, &character_id).await?,
    ))
}
