//! `/v1/rooms`, `/v1/rooms/{roomId}` and what is done to a room as a whole.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;

use super::super::auth::Project;
use super::super::body::{JsonBody, NoBody};
use super::super::error::ApiError;
use super::super::fields::{Fields, NAME_CHARS_MAX, TEXT_CHARS_MAX};
use super::super::idempotency::{Attempt, once};
use super::super::path::Path;
use super::super::query::Params;
use super::super::state::Api;
use super::{PAGE_MAX, cut, page};
use crate::protocol::Mode;
use crate::rooms::room::{NewRoom, Room, Surface};

pub(super) async fn create(
    State(api): State<Api>,
    Project(project_id): Project,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let new = new_room(body.fields)?;
    let attempt = Attempt {
        scope: format!("{project_id} POST /v1/rooms"),
        headers,
        body: body.canonical,
    };
    let rooms = api.rooms.clone();
    once(&api, attempt, async move {
        Ok((StatusCode::CREATED, rooms.create(&project_id, new).await?))
    })
    .await
}

fn new_room(mut fields: Fields) -> Result<NewRoom, ApiError> {
    let new = NewRoom {
        surface: Surface::Voice,
        name: fields.required_text("name", NAME_CHARS_MAX)?,
        mode: fields
            .choice(
                "mode",
                &[("freeform", Mode::Freeform), ("scripted", Mode::Scripted)],
            )?
            .unwrap_or_default(),
        scene_prompt: fields.nullable_text("scenePrompt", TEXT_CHARS_MAX)?,
    };
    fields.finish()?;
    Ok(new)
}

/// Active rooms, newest first: all, or with `limit` a page after the room `after`.
pub(super) async fn list(
    State(api): State<Api>,
    Project(project_id): Project,
    mut params: Params,
) -> Result<Response, ApiError> {
    let limit = params.number("limit", 1..=PAGE_MAX)?;
    let after = params.text("after", NAME_CHARS_MAX)?;
    params.finish()?;
    let mut rooms = api
        .rooms
        .store
        .active_rooms(&project_id, after.as_deref(), limit.map(|limit| limit + 1))
        .await?;
    let next = cut(&mut rooms, limit, |room| &room.id)
        .zip(limit)
        .map(|(after, limit)| format!("{}/v1/rooms?limit={limit}&after={after}", api.public_url));
    Ok(page(&rooms, next))
}

pub(super) async fn get(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(room_id): Path<String>,
) -> Result<Json<Room>, ApiError> {
    Ok(Json(api.rooms.store.room(&project_id, &room_id).await?))
}

#[derive(Serialize)]
pub(super) struct StartedAnswer {
    started: bool,
}

/// Calls the characters in. Idempotent.
pub(super) async fn start(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(room_id): Path<String>,
    _: NoBody,
) -> Result<Json<StartedAnswer>, ApiError> {
    api.rooms.start(&project_id, &room_id).await?;
    Ok(Json(StartedAnswer { started: true }))
}

/// Ends the room and disconnects everyone. Idempotent.
pub(super) async fn end(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(room_id): Path<String>,
    _: NoBody,
) -> Result<Json<Room>, ApiError> {
    Ok(Json(api.rooms.end(&project_id, &room_id).await?))
}

#[derive(Serialize)]
pub(super) struct TokenAnswer {
    token: String,
    url: String,
    identity: String,
}

/// A person's LiveKit token for this room.
pub(super) async fn token(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(room_id): Path<String>,
    mut params: Params,
) -> Result<Json<TokenAnswer>, ApiError> {
    let identity = params.text("identity", NAME_CHARS_MAX)?;
    let name = params.text("name", NAME_CHARS_MAX)?;
    params.finish()?;
    let join = api
        .rooms
        .join_token(&project_id, &room_id, identity, name)
        .await?;
    Ok(Json(TokenAnswer {
        token: join.token,
        url: join.url,
        identity: join.identity,
    }))
}
