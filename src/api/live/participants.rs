//! `/live/v1/rooms/{name}/participants/{identity}`.

use axum::Json;
use axum::extract::State;
use serde::Serialize;

use super::super::auth::Project;
use super::super::body::NoBody;
use super::super::error::ApiError;
use super::super::state::Api;
use super::name::ParticipantPath;
use crate::rooms::live::LiveParticipant;

/// Somebody who is connected to a room.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ParticipantAnswer {
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

impl From<LiveParticipant> for ParticipantAnswer {
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
#[derive(Serialize)]
pub(super) struct RemovedAnswer {
    /// Always true.
    removed: bool,
}

/// Disconnects one participant.
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
