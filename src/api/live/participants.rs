//! `/live/v1/rooms/{name}/participants/{identity}`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::auth::Project;
use super::super::body::NoBody;
use super::super::error::ApiError;
use super::super::openapi::refusals::{BadLiveNothing, LiveKitFailed, NoSuch, Refused};
use super::super::openapi::schema::Nothing;
use super::super::state::Api;
use super::TAG;
use super::name::{Identity, ParticipantPath, RoomName};
use crate::rooms::live::LiveParticipant;

/// Somebody who is connected to a room.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LiveParticipantAnswer {
    /// Who it is.
    identity: String,
    /// Name for people.
    name: String,
    /// LiveKit's state of the connection: 0 joining, 1 joined, 2 active, 3 disconnected.
    state: i32,
    /// When it joined, s since 1970.
    joined_at: i64,
    /// Tracks that it publishes now.
    tracks: usize,
}

impl From<LiveParticipant> for LiveParticipantAnswer {
    fn from(participant: LiveParticipant) -> Self {
        Self {
            identity: participant.identity,
            name: participant.name,
            state: participant.state,
            joined_at: participant.joined_s,
            tracks: participant.tracks,
        }
    }
}

/// That a participant was disconnected.
#[derive(Serialize, ToSchema)]
pub(super) struct RemovedAnswer {
    /// Always true.
    removed: bool,
}

/// Disconnect one participant of a live room.
#[utoipa::path(
    delete,
    path = "/live/v1/rooms/{name}/participants/{identity}",
    operation_id = "removeLiveParticipant",
    tag = TAG,
    security(("secret_key" = [])),
    params(RoomName, Identity),
    request_body = Nothing,
    responses(
        (status = 200, description = "It is disconnected.", body = RemovedAnswer),
        Refused,
        NoSuch,
        BadLiveNothing,
        LiveKitFailed,
    )
)]
pub(super) async fn remove(
    State(api): State<Api>,
    Project(project_id): Project,
    path: ParticipantPath,
    _: NoBody,
) -> Result<Json<RemovedAnswer>, ApiError> {
    api.rooms
        .remove_live(&project_id, &path.name, &path.identity)
        .await?;
    Ok(Json(RemovedAnswer { removed: true }))
}
