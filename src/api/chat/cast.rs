//! `/chat/v1/rooms/{id}/replrs`: the characters of a room.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::body::{JsonBody, NoBody};
use super::super::error::ApiError;
use super::super::fields::NAME_CHARS_MAX;
use super::super::idempotency::{Attempt, once};
use super::super::openapi::params::IdempotencyKey;
use super::super::openapi::refusals::{BadBody, BadNothing, Conflicting, NoSuch, Refused};
use super::super::openapi::schema::{self, Body, Nothing, described};
use super::super::path::Path;
use super::super::state::Api;
use super::TAG;
use super::caller::ChatUser;
use super::params::TroupeUser;
use super::wire::ReplrAnswer;
use crate::rooms::chat::answers_scope;

described!(
    /// See [`add`].
    NewReplrBody,
    Body::new("Who joins the room.").needs("replr_id", "The character.", schema::name())
);

/// Add a REPLR, which is a character, to a room.
#[utoipa::path(
    post,
    path = "/chat/v1/rooms/{room_id}/replrs",
    operation_id = "addChatReplr",
    tag = TAG,
    security(("secret_key" = []), ("user_key" = [])),
    params(("room_id" = String, Path, description = "The room."), TroupeUser, IdempotencyKey),
    request_body = NewReplrBody,
    responses(
        (status = 200, description = "The REPLR that was there already.", body = ReplrAnswer),
        (status = 201, description = "The REPLR, new in the room.", body = ReplrAnswer),
        Refused,
        NoSuch,
        BadBody,
        Conflicting,
    )
)]
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

/// A character that is in the room no more.
#[derive(Serialize, ToSchema)]
#[schema(as = RemovedReplr)]
pub(super) struct RemovedAnswer {
    deleted: bool,
    room_id: String,
    replr_id: String,
}

/// Remove a REPLR; it answers no more in this room.
#[utoipa::path(
    delete,
    path = "/chat/v1/rooms/{room_id}/replrs/{replr_id}",
    operation_id = "removeChatReplr",
    tag = TAG,
    security(("secret_key" = []), ("user_key" = [])),
    params(
        ("room_id" = String, Path, description = "The room."),
        ("replr_id" = String, Path, description = "The character."),
        TroupeUser,
    ),
    request_body = Nothing,
    responses(
        (status = 200, description = "It is in the room no more.", body = RemovedAnswer),
        Refused,
        NoSuch,
        BadNothing,
    )
)]
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
