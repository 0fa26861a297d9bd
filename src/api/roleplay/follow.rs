//! `GET /api/roleplay/{roleplayId}`: how a role-play goes, or went.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::super::auth::Project;
use super::super::error::ApiError;
use super::super::openapi::refusals::{NoSuch, Refused};
use super::super::path::Path;
use super::super::recordings::{RecordingAnswer, recordings_of};
use super::super::state::Api;
use super::{Success, TAG};
use crate::rooms::Timestamp;
use crate::rooms::list::After;
use crate::rooms::roleplay::Status;
use crate::rooms::transcript::Entry;

/// A role-play to follow.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RoleplayAnswer {
    /// UUID.
    roleplay_id: String,
    /// `<userName>::<roleplayId>`.
    room_name: String,
    /// `created` until somebody speaks, `started` until the room ends, then `finished`.
    status: Status,
    /// UUID of what is played.
    premade_roleplay_id: String,
    /// Name of what is played.
    premade_roleplay_name: String,
    /// Id of the person in the caller's own system.
    user_unique_identifier: String,
    /// What the person is called.
    user_name: String,
    /// When it was made.
    created_at: Timestamp,
    /// When it ended; `null` until then.
    #[schema(required = true)]
    ended_at: Option<Timestamp>,
    /// Everything said so far, in spoken order.
    transcript: Vec<Entry>,
    /// The report by the rubric; `null` until it exists.
    #[schema(value_type = Option<crate::reports::Report>, required = true)]
    report: Option<Value>,
    /// Recordings of its room, once they are ready, the mix first.
    recordings: Vec<RecordingAnswer>,
}

/// Follow a role-play: its status, transcript, report and recordings.
#[utoipa::path(
    get,
    path = "/api/roleplay/{roleplayId}",
    operation_id = "getRoleplay",
    tag = TAG,
    security(("secret_key" = [])),
    params(("roleplayId" = String, Path, description = "The role-play.")),
    responses((status = 200, description = "The role-play.", body = Success<RoleplayAnswer>), Refused, NoSuch)
)]
pub(super) async fn get(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(id): Path<String>,
) -> Result<Json<Success<RoleplayAnswer>>, ApiError> {
    let roleplay = api.rooms.store.roleplay(&project_id, &id).await?;
    let transcript = api
        .rooms
        .store
        .entries(&roleplay.id, After::Nothing, None, "after")
        .await?;
    let now = api.rooms.store.now().await?;
    let recordings = recordings_of(&api, &roleplay.id, now).await?;
    Ok(Json(Success::of(RoleplayAnswer {
        room_name: roleplay.room_name(),
        status: roleplay.status(!transcript.is_empty()),
        roleplay_id: roleplay.id,
        premade_roleplay_id: roleplay.premade.id,
        premade_roleplay_name: roleplay.premade.name,
        user_unique_identifier: roleplay.user_external_id,
        user_name: roleplay.user_name,
        created_at: roleplay.created_at,
        ended_at: roleplay.ended_at,
        transcript,
        report: roleplay.report.and_then(|text| serde_json::from_str(&text).ok()),
        recordings,
    })))
}
