//! How the turns of a room came about, for the operator's page.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::auth::Host;
use super::super::error::ApiError;
use super::super::openapi::refusals::{NoSuch, Refused};
use super::super::path::Path;
use super::super::state::Api;
use super::TAG;
use crate::protocol::TurnStages;
use crate::rooms::list::After;

/// Turns of one answer: the first ones of a longer room.
const TURNS_MAX: u32 = 5_000;

/// A turn of a character.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TurnAnswer {
    /// What was said in it.
    entry_id: String,
    /// Who spoke.
    #[schema(required = true)]
    character_id: Option<String>,
    /// LiveKit identity of who spoke.
    #[schema(required = true)]
    speaker_identity: Option<String>,
    /// Name of who spoke.
    #[schema(required = true)]
    speaker_name: Option<String>,
    /// Names its trace.
    #[schema(required = true)]
    trace_id: Option<String>,
    /// Where the trace can be looked at, where that is configured.
    #[schema(required = true)]
    trace_url: Option<String>,
    /// When its stages were reached.
    stages: TurnStages,
}

/// Read how the turns of a room's characters came about, in spoken order.
#[utoipa::path(
    get,
    path = "/pages/rooms/{roomId}/turns",
    operation_id = "listTurns",
    tag = TAG,
    security(("secret_key" = []), ("page_token" = [])),
    params(("roomId" = String, Path, description = "The room.")),
    responses(
        (status = 200, description = "Its turns, 5000 at most.", body = Vec<TurnAnswer>),
        Refused,
        NoSuch,
    )
)]
pub(super) async fn list(
    State(api): State<Api>,
    Host(project_id): Host,
    Path(room_id): Path<String>,
) -> Result<Json<Vec<TurnAnswer>>, ApiError> {
    let store = &api.rooms.store;
    store.check_room(&project_id, &room_id).await?;
    let entries = store
        .entries(&room_id, After::Nothing, Some(TURNS_MAX), "after")
        .await?;
    let url_of = |trace: &String| api.trace_url.as_ref().map(|url| url.of(trace));
    let turns = entries.into_iter().filter_map(|entry| {
        Some(TurnAnswer {
            stages: entry.stages?,
            trace_url: entry.trace_id.as_ref().and_then(url_of),
            entry_id: entry.id,
            character_id: entry.character_id,
            speaker_identity: entry.speaker_identity,
            speaker_name: entry.speaker_name,
            trace_id: entry.trace_id,
        })
    });
    Ok(Json(turns.collect()))
}
