//! `POST /api/roleplay/create-room`: a role-play, its person and their way in.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::auth::Project;
use super::super::body::JsonBody;
use super::super::error::ApiError;
use super::super::fields::{Fields, NAME_CHARS_MAX};
use super::super::idempotency::{Attempt, once};
use super::super::openapi::params as shared;
use super::super::openapi::refusals::{BadBody, Conflicting, LiveKitFailed, NoSuch, Refused};
use super::super::openapi::schema::{self, Body, described};
use super::super::state::Api;
use super::{Success, TAG};
use crate::rooms::service::RoleplayWish;

/// A role-play to connect to.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CreatedRoom {
    /// UUID.
    roleplay_id: String,
    /// `<userName>::<roleplayId>`.
    room_name: String,
    /// LiveKit token of the person.
    access_token: String,
    /// Address of LiveKit.
    websocket_url: String,
}

described!(
    /// See [`wish`].
    CreateRoleplayBody,
    Body::new("A role-play to make, and its person.")
        .needs("premadeRoleplayId", "The premade role-play to play.", schema::uuid())
        .needs(
            "userUniqueIdentifier",
            "Id of the person in your own system; the same one is the same user.",
            schema::name(),
        )
        .needs("userName", "What the person is called in this role-play.", schema::name())
        .needs(
            "recordVideo",
            "Whether video is recorded, which needs a configured LiveKit Egress. Sound always is.",
            schema::boolean(),
        )
);

fn wish(mut fields: Fields) -> Result<RoleplayWish, ApiError> {
    let wish = RoleplayWish {
        premade_id: fields.required_uuid("premadeRoleplayId")?,
        user_external_id: fields.required_text("userUniqueIdentifier", NAME_CHARS_MAX)?,
        user_name: fields.required_text("userName", NAME_CHARS_MAX)?,
        record_video: fields.required_bool("recordVideo")?,
    };
    fields.finish()?;
    Ok(wish)
}

/// Make a role-play; its character joins by itself.
#[utoipa::path(
    post,
    path = "/api/roleplay/create-room",
    operation_id = "createRoleplay",
    tag = TAG,
    security(("secret_key" = [])),
    params(shared::IdempotencyKey),
    request_body = CreateRoleplayBody,
    responses(
        (status = 201, description = "The role-play, and what its person connects with.", body = Success<CreatedRoom>),
        Refused,
        NoSuch,
        BadBody,
        Conflicting,
        LiveKitFailed,
    )
)]
pub(super) async fn create(
    State(api): State<Api>,
    Project(project_id): Project,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let wish = wish(body.fields)?;
    let attempt = Attempt {
        scope: format!("{project_id} POST /api/roleplay/create-room"),
        headers,
        body: body.canonical,
    };
    let rooms = api.rooms.clone();
    once(&api, attempt, async move {
        let join = rooms.create_roleplay(&project_id, wish).await?;
        let room = CreatedRoom {
            room_name: join.roleplay.room_name(),
            roleplay_id: join.roleplay.id,
            access_token: join.token,
            websocket_url: join.url,
        };
        Ok((StatusCode::CREATED, Success::of(room)))
    })
    .await
}
