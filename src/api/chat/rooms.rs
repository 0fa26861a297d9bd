//! `/chat/v1/rooms` and `/chat/v1/rooms/{id}`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::body::{JsonBody, NoBody};
use super::super::error::ApiError;
use super::super::fields::{Fields, NAME_CHARS_MAX, TEXT_CHARS_MAX};
use super::super::idempotency::{Attempt, once};
use super::super::openapi::params::IdempotencyKey;
use super::super::openapi::refusals::{BadBody, BadNothing, Conflicting, Invalid, NoSuch, Refused};
use super::super::openapi::schema::{self, Body, Nothing, described};
use super::super::path::Path;
use super::super::query::Params;
use super::super::state::Api;
use super::TAG;
use super::caller::ChatUser;
use super::params::{RoomList, TroupeUser};
use super::wire::{PageAnswer, RoomAnswer, SummaryAnswer};
use crate::rooms::chat::{ChatRoomChange, Listed, NewChatRoom, Page};
use crate::rooms::room::CAST_MAX;

/// Longest name of a chat room.
const ROOM_NAME_CHARS_MAX: usize = 100;
/// Rooms of a list when nothing is said.
pub(super) const LIMIT_DEFAULT: u32 = 20;
/// Most rooms of a list.
pub(super) const LIMIT_MAX: u32 = 100;

described!(
    /// See [`new_room`].
    NewChatRoomBody,
    Body::new("A room to make; the caller becomes its owner.")
        .needs("name", "Its name, for people.", schema::filled(ROOM_NAME_CHARS_MAX))
        .may("description", "What it is for.", schema::nullable_text())
        .may(
            "replr_ids",
            "Characters that are in it from the beginning.",
            schema::list(schema::name(), cast_max()),
        )
        .may(
            "is_public",
            "Whether every user of the project may find and join it; false without it.",
            schema::boolean(),
        )
);

described!(
    /// See [`update`].
    ChatRoomChangeBody,
    Body::new("Settings to change; what is left out stays.")
        .may("name", "Its name, for people.", schema::filled(ROOM_NAME_CHARS_MAX))
        .may("description", "What it is for; null takes it away.", schema::nullable_text())
);

/// Characters that one room may hold.
fn cast_max() -> usize {
    usize::try_from(CAST_MAX).unwrap_or(usize::MAX)
}

/// Make a room that the caller owns.
#[utoipa::path(
    post,
    path = "/chat/v1/rooms",
    operation_id = "createChatRoom",
    tag = TAG,
    security(("secret_key" = []), ("user_key" = [])),
    params(TroupeUser, IdempotencyKey),
    request_body = NewChatRoomBody,
    responses(
        (status = 201, description = "The room.", body = RoomAnswer),
        Refused,
        BadBody,
        Conflicting,
    )
)]
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
    let mut character_ids: Vec<String> = Vec::new();
    for id in fields
        .texts("replr_ids", cast_max(), NAME_CHARS_MAX)?
        .unwrap_or_default()
    {
        if !character_ids.contains(&id) {
            character_ids.push(id);
        }
    }
    let is_public = fields.flag("is_public")?.unwrap_or(false);
    fields.finish()?;
    Ok(NewChatRoom {
        name,
        description,
        is_public,
        character_ids,
    })
}

/// List the caller's rooms, or the project's public ones, latest activity first.
#[utoipa::path(
    get,
    path = "/chat/v1/rooms",
    operation_id = "listChatRooms",
    tag = TAG,
    security(("secret_key" = []), ("user_key" = [])),
    params(TroupeUser, RoomList),
    responses(
        (status = 200, description = "A part of the list.", body = PageAnswer<SummaryAnswer>),
        Refused,
        Invalid,
    )
)]
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

/// Read a room with its members and REPLRs.
#[utoipa::path(
    get,
    path = "/chat/v1/rooms/{room_id}",
    operation_id = "getChatRoom",
    tag = TAG,
    security(("secret_key" = []), ("user_key" = [])),
    params(("room_id" = String, Path, description = "The room."), TroupeUser),
    responses(
        (status = 200, description = "The room.", body = RoomAnswer),
        Refused,
        NoSuch,
        Invalid,
    )
)]
pub(super) async fn get(
    State(api): State<Api>,
    user: ChatUser,
    Path(id): Path<String>,
) -> Result<Json<RoomAnswer>, ApiError> {
    let room = api.rooms.chat_room(user.in_room(&id)).await?;
    Ok(Json(room.into()))
}

/// Change the settings that the body names.
#[utoipa::path(
    patch,
    path = "/chat/v1/rooms/{room_id}",
    operation_id = "updateChatRoom",
    tag = TAG,
    security(("secret_key" = []), ("user_key" = [])),
    params(("room_id" = String, Path, description = "The room."), TroupeUser),
    request_body = ChatRoomChangeBody,
    responses(
        (status = 200, description = "The room as it is now.", body = RoomAnswer),
        Refused,
        NoSuch,
        BadBody,
    )
)]
pub(super) async fn update(
    State(api): State<Api>,
    user: ChatUser,
    Path(id): Path<String>,
    body: JsonBody,
) -> Result<Json<RoomAnswer>, ApiError> {
    change(&api, &user, &id, body).await
}

/// Change the settings that the body names; the same as PATCH.
#[utoipa::path(
    put,
    path = "/chat/v1/rooms/{room_id}",
    operation_id = "putChatRoom",
    tag = TAG,
    security(("secret_key" = []), ("user_key" = [])),
    params(("room_id" = String, Path, description = "The room."), TroupeUser),
    request_body = ChatRoomChangeBody,
    responses(
        (status = 200, description = "The room as it is now.", body = RoomAnswer),
        Refused,
        NoSuch,
        BadBody,
    )
)]
pub(super) async fn replace(
    State(api): State<Api>,
    user: ChatUser,
    Path(id): Path<String>,
    body: JsonBody,
) -> Result<Json<RoomAnswer>, ApiError> {
    change(&api, &user, &id, body).await
}

async fn change(api: &Api, user: &ChatUser, id: &str, body: JsonBody) -> Result<Json<RoomAnswer>, ApiError> {
    let mut fields = body.fields;
    let name = fields.filled_text("name", ROOM_NAME_CHARS_MAX)?;
    let description = if fields.has("description") {
        Some(fields.nullable_text("description", TEXT_CHARS_MAX)?)
    } else {
        None
    };
    fields.finish()?;
    let change = ChatRoomChange { name, description };
    let room = api.rooms.update_chat_room(user.in_room(id), change).await?;
    Ok(Json(room.into()))
}

/// A room that is no more.
#[derive(Serialize, ToSchema)]
#[schema(as = DeletedChatRoom)]
pub(super) struct DeletedAnswer {
    deleted: bool,
    id: String,
}

/// Delete a room with its history, for good.
#[utoipa::path(
    delete,
    path = "/chat/v1/rooms/{room_id}",
    operation_id = "deleteChatRoom",
    tag = TAG,
    security(("secret_key" = []), ("user_key" = [])),
    params(("room_id" = String, Path, description = "The room."), TroupeUser),
    request_body = Nothing,
    responses(
        (status = 200, description = "It is gone.", body = DeletedAnswer),
        Refused,
        NoSuch,
        BadNothing,
    )
)]
pub(super) async fn delete(
    State(api): State<Api>,
    user: ChatUser,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<Json<DeletedAnswer>, ApiError> {
    api.rooms.store.delete_chat_room(user.in_room(&id)).await?;
    Ok(Json(DeletedAnswer { deleted: true, id }))
}
