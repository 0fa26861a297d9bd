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
use super::super::state::Api;
use super::Success;
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
