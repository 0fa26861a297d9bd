//! `/chat/v1/rooms/{id}/members`: the users of a room.

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
use super::wire::MemberAnswer;
use crate::rooms::chat::{Role, answers_scope};

described!(
    /// See [`add`].
    NewMemberBody,
    Body::new("Who becomes a member.").needs("user_id", "A user of the project.", schema::name())
);

described!(
    /// See [`appoint`].
    NewRoleBody,
    Body::new("What a member is from now on.").needs(
        "role",
        "Their role; `owner` hands the room over, and who had it becomes an admin.",
        schema::choice(["owner", "admin", "member"]),
    )
);

/// Make a user a member: the owner and admins anybody, everyone themselves where the room is public.
#[utoipa::path(
    post,
    path = "/chat/v1/rooms/{room_id}/members",
    operation_id = "addChatMember",
    tag = TAG,
    security(("secret_key" = []), ("user_key" = [])),
    params(("room_id" = String, Path, description = "The room."), TroupeUser, IdempotencyKey),
    request_body = NewMemberBody,
    responses(
        (status = 200, description = "The membership that was there already.", body = MemberAnswer),
        (status = 201, description = "The new membership.", body = MemberAnswer),
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

/// Give a member a role.
#[utoipa::path(
    patch,
    path = "/chat/v1/rooms/{room_id}/members/{user_id}",
    operation_id = "setChatRole",
    tag = TAG,
    security(("secret_key" = []), ("user_key" = [])),
    params(
        ("room_id" = String, Path, description = "The room."),
        ("user_id" = String, Path, description = "The member."),
        TroupeUser,
    ),
    request_body = NewRoleBody,
    responses(
        (status = 200, description = "The membership as it is now.", body = MemberAnswer),
        Refused,
        NoSuch,
        BadBody,
        Conflicting,
    )
)]
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

/// A membership that is no more.
#[derive(Serialize, ToSchema)]
#[schema(as = RemovedChatMember)]
pub(super) struct RemovedAnswer {
    deleted: bool,
    room_id: String,
    user_id: String,
}

/// End a membership: everyone their own, the owner anybody's.
#[utoipa::path(
    delete,
    path = "/chat/v1/rooms/{room_id}/members/{user_id}",
    operation_id = "removeChatMember",
    tag = TAG,
    security(("secret_key" = []), ("user_key" = [])),
    params(
        ("room_id" = String, Path, description = "The room."),
        ("user_id" = String, Path, description = "The member."),
        TroupeUser,
    ),
    request_body = Nothing,
    responses(
        (status = 200, description = "They are no member any more.", body = RemovedAnswer),
        Refused,
        NoSuch,
        BadNothing,
        Conflicting,
    )
)]
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
