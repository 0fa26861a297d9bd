//! `/v1/rooms/{roomId}/participants`: the cast.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::super::auth::Host;
use super::super::body::{JsonBody, NoBody};
use super::super::error::ApiError;
use super::super::fields::NAME_CHARS_MAX;
use super::super::idempotency::{Attempt, once};
use super::super::openapi::params::IdempotencyKey;
use super::super::openapi::refusals::{BadBody, BadNothing, Conflicting, LiveKitFailed, NoSuch, Refused};
use super::super::openapi::schema::{self, Body, Nothing, described};
use super::super::path::Path;
use super::super::state::Api;
use super::TAG;
use crate::rooms::room::Participant;

described!(
    /// See [`add`].
    NewParticipantBody,
    Body::new("Who joins the cast.").needs("characterId", "The character.", schema::name())
);

/// Add a character to a room's cast.
#[utoipa::path(
    post,
    path = "/v1/rooms/{roomId}/participants",
    operation_id = "addParticipant",
    tag = TAG,
    security(("secret_key" = []), ("page_token" = [])),
    params(("roomId" = String, Path, description = "The room."), IdempotencyKey),
    request_body = NewParticipantBody,
    responses(
        (status = 200, description = "The participant that was there already.", body = Participant),
        (status = 201, description = "The new participant.", body = Participant),
        Refused,
        NoSuch,
        BadBody,
        Conflicting,
    )
)]
pub(super) async fn add(
    State(api): State<Api>,
    Host(project_id): Host,
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

/// Remove a character from a room's cast.
#[utoipa::path(
    delete,
    path = "/v1/rooms/{roomId}/participants/{characterId}",
    operation_id = "removeParticipant",
    tag = TAG,
    security(("secret_key" = []), ("page_token" = [])),
    params(
        ("roomId" = String, Path, description = "The room."),
        ("characterId" = String, Path, description = "The character."),
    ),
    request_body = Nothing,
    responses(
        (status = 200, description = "Its participant, gone.", body = Participant),
        Refused,
        NoSuch,
        BadNothing,
        Conflicting,
        LiveKitFailed,
    )
)]
pub(super) async fn remove(
    State(api): State<Api>,
    Host(project_id): Host,
    Path((room_id, character_id)): Path<(String, String)>,
    _: NoBody,
) -> Result<Json<Participant>, ApiError> {
    Ok(Json(
        api.rooms.remove(&project_id, &room_id, &character_id).await?,
    ))
}
