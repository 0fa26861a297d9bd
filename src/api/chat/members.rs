//! `/chat/v1/rooms/{id}/members`: the users of a room.

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
use super::wire::MemberAnswer;
use crate::rooms::chat::{Role, answers_scope};

/// Makes a user a member: 201, or 200 with the same membership when they are one already.
pub(super) async fn add(
    State(api): State<Api>,
    user: ChatUser,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let mut fields = body.fields;
    let member_id = fields.required_text("user_id", NAME_CHARS_MAX)?;
    fields.finish()?;
    let attempt = Attempt {
        scope: format!("{}members {}", answers_scope(&user.project_id, &id), user.user_id),
        headers,
        body: body.canonical,
    };
    let rooms = api.rooms.clone();
    once(&api, attempt, async move {
        let (member, is_new) = rooms.store.add_chat_member(user.in_room(&id), &member_id).await?;
        let status = if is_new {
            StatusCode::CREATED
        } else {
            StatusCode::OK
        };
        Ok((status, MemberAnswer::new(id, member)))
    })
    .await
}

/// Gives a member a role; `owner` hands the room over.
pub(super) async fn appoint(
    State(api): State<Api>,
    user: ChatUser,
    Path((id, member_id)): Path<(String, String)>,
    body: JsonBody,
) -> Result<Json<MemberAnswer>, ApiError> {
    const ROLES: [(&str, Role); 3] = [
        ("owner", Role::Owner),
        ("admin", Role::Admin),
        ("member", Role::Member),
    ];
    let mut fields = body.fields;
    let role = fields
        .choice("role", &ROLES)?
        .ok_or_else(|| ApiError::invalid("role", "is required"))?;
    fields.finish()?;
    let member = api
        .rooms
        .store
        .appoint_chat_member(user.in_room(&id), &member_id, role)
        .await?;
    Ok(Json(MemberAnswer::new(id, member)))
}

#[derive(Serialize)]
pub(super) struct RemovedAnswer {
    deleted: bool,
    room_id: String,
    user_id: String,
}

/// Ends a membership, the caller's own or, for the owner, anybody's.
pub(super) async fn remove(
    State(api): State<Api>,
    user: ChatUser,
    Path((id, member_id)): Path<(String, String)>,
    _: NoBody,
) -> Result<Json<RemovedAnswer>, ApiError> {
    api.rooms
        .store
        .remove_chat_member(user.in_room(&id), &member_id)
        .await?;
    Ok(Json(RemovedAnswer {
        deleted: true,
        room_id: id,
        user_id: member_id,
    }))
}
