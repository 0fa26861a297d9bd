//! `/chat/v1/rooms` and `/chat/v1/rooms/{id}`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;

use super::super::body::{JsonBody, NoBody};
use super::super::error::ApiError;
use super::super::fields::{Fields, NAME_CHARS_MAX, TEXT_CHARS_MAX};
use super::super::idempotency::{Attempt, once};
use super::super::path::Path;
use super::super::query::Params;
use super::super::state::Api;
use super::caller::ChatUser;
use super::wire::{PageAnswer, RoomAnswer, SummaryAnswer};
use crate::rooms::chat::{ChatRoomChange, Listed, NewChatRoom, Page};
use crate::rooms::room::CAST_MAX;

/// Longest name of a chat room.
const ROOM_NAME_CHARS_MAX: usize = 100;
const LIMIT_DEFAULT: u32 = 20;
const LIMIT_MAX: u32 = 100;

/// Makes a room that the caller owns.
pub(super) async fn create(
    State(api): State<Api>,
    user: ChatUser,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let new = new_room(body.fields)?;
    let attempt = Attempt {
        scope: format!("{} POST /chat/v1/rooms {}", user.project_id, user.user_id),
        headers,
        body: body.canonical,
    };
    let rooms = api.rooms.clone();
    once(&api, attempt, async move {
        let room = rooms
            .create_chat_room(&user.project_id, &user.user_id, new)
            .await?;
        Ok((StatusCode::CREATED, RoomAnswer::from(room)))
    })
    .await
}

fn new_room(mut fields: Fields) -> Result<NewChatRoom, ApiError> {
    let name = fields.required_text("name", ROOM_NAME_CHARS_MAX)?;
    let description = fields.nullable_text("description", TEXT_CHARS_MAX)?;
    let cast_max = usize::try_from(CAST_MAX).unwrap_or(usize::MAX);
    let mut character_ids: Vec<String> = Vec::new();
    for id in fields
        .texts("replr_ids", cast_max, NAME_CHARS_MAX)?
        .unwrap_or_default()
    {
        if !character_ids.contains(&id) {
            character_ids.push(id);
        }
    }
    let is_public = fields.boolean("is_public")?.unwrap_or(false);
    fields.finish()?;
    Ok(NewChatRoom {
        name,
        description,
        is_public,
        character_ids,
    })
}

/// The caller's rooms, or with `visibility=public` the project's public ones, latest activity first.
pub(super) async fn list(
    State(api): State<Api>,
    user: ChatUser,
    mut params: Params,
) -> Result<Json<PageAnswer<SummaryAnswer>>, ApiError> {
    let page = page(&mut params, LIMIT_DEFAULT, LIMIT_MAX)?;
    let which = match params.text("visibility", NAME_CHARS_MAX)?.as_deref() {
        None => Listed::Joined,
        Some("public") => Listed::Public,
        Some(_) => return Err(ApiError::invalid("visibility", "must be `public`, or left out")),
    };
    params.finish()?;
    let (rooms, total) = api
        .rooms
        .store
        .chat_rooms(&user.project_id, &user.user_id, which, page)
        .await?;
    Ok(Json(PageAnswer {
        data: rooms.into_iter().map(Into::into).collect(),
        total,
        limit: page.limit,
        offset: page.offset,
    }))
}

/// Reads `limit` and `offset`.
pub(super) fn page(params: &mut Params, limit_default: u32, limit_max: u32) -> Result<Page, ApiError> {
    Ok(Page {
        limit: params.number("limit", 1..=limit_max)?.unwrap_or(limit_default),
        offset: params.number("offset", 0..=u32::MAX)?.unwrap_or(0),
    })
}

/// A room with its members and REPLRs.
pub(super) async fn get(
    State(api): State<Api>,
    user: ChatUser,
    Path(id): Path<String>,
) -> Result<Json<RoomAnswer>, ApiError> {
    let room = api.rooms.chat_room(user.in_room(&id)).await?;
    Ok(Json(room.into()))
}

/// Changes the settings that the body names.
pub(super) async fn update(
    State(api): State<Api>,
    user: ChatUser,
    Path(id): Path<String>,
    body: JsonBody,
) -> Result<Json<RoomAnswer>, ApiError> {
    let mut fields = body.fields;
    let name = fields.filled_text("name", ROOM_NAME_CHARS_MAX)?;
    let description = if fields.has("description") {
        Some(fields.nullable_text("description", TEXT_CHARS_MAX)?)
    } else {
        None
    };
    fields.finish()?;
    let change = ChatRoomChange { name, description };
    let room = api.rooms.update_chat_room(user.in_room(&id), change).await?;
    Ok(Json(room.into()))
}

#[derive(Serialize)]
pub(super) struct DeletedAnswer {
    deleted: bool,
    id: String,
}

/// Deletes a room with its history.
pub(super) async fn delete(
    State(api): State<Api>,
    user: ChatUser,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<Json<DeletedAnswer>, ApiError> {
    api.rooms.store.delete_chat_room(user.in_room(&id)).await?;
    Ok(Json(DeletedAnswer { deleted: true, id }))
}
