//! `/chat/v1/rooms/{id}/replrs`: the characters of a room.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;

use super::super::body::{JsonBody, NoBody};
use super::super::error::ApiError;
use super::super::fields::NAME_CHARS_MAX;
use super::super::idempotency::{Attempt, once};
use super::super::path::Path;
use super::super::state::Api;
use super::caller::ChatUser;
use super::wire::ReplrAnswer;
use crate::rooms::chat::answers_scope;

/// Adds a character: 201, or 200 with the same stay when it is there already.
pub(super) async fn add(
    State(api): State<Api>,
    user: ChatUser,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let mut fields = body.fields;
    let character_id = fields.required_text("replr_id", NAME_CHARS_MAX)?;
    fields.finish()?;
    let attempt = Attempt {
        scope: format!("{}replrs {}", answers_scope(&user.project_id, &id), user.user_id),
        headers,
        body: body.canonical,
    };
    let rooms = api.rooms.clone();
    once(&api, attempt, async move {
        let (seat, is_new) = rooms.add_chat_character(user.in_room(&id), &character_id).await?;
        let status = if is_new {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        Ok((status, ReplrAnswer::new(id, seat)))
    })
    .await
}

#[derive(Serialize)]
pub(super) struct RemovedAnswer {
    deleted: bool,
    room_id: String,
    replr_id: String,
}

/// Removes a character; it answers no more in this room.
pub(super) async fn remove(
    State(api): State<Api>,
    user: ChatUser,
    Path((id, character_id)): Path<(String, String)>,
    _: NoBody,
) -> Result<Json<RemovedAnswer>, ApiError> {
    api.rooms
        .store
        .remove_chat_character(user.in_room(&id), &character_id)
        .await?;
    Ok(Json(RemovedAnswer {
        deleted: true,
        room_id: id,
        replr_id: character_id,
    }))
}
