//! What the page asks for: a way into the conversation, and its end.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::body::NoBody;
use super::super::error::ApiError;
use super::super::path::Path;
use super::super::state::Api;

/// The respondent's way in.
#[derive(Serialize, ToSchema)]
pub(super) struct JoinAnswer {
    /// Address of LiveKit.
    url: String,
    /// LiveKit token for the interview's room.
    token: String,
    /// Time until the interview ends by itself, s.
    seconds_left: i64,
}

/// The interview is over.
#[derive(Serialize, ToSchema)]
pub(super) struct EndAnswer {
    /// Always true.
    ended: bool,
}

/// Exchanges the link for a LiveKit token; the first time starts the interview.
pub(super) async fn join(
    State(api): State<Api>,
    Path(token): Path<String>,
    _: NoBody,
) -> Result<Json<JoinAnswer>, ApiError> {
    let join = api.rooms.join_interview(&api.secret.hash(&token)).await?;
    Ok(Json(JoinAnswer {
        url: join.url,
        token: join.token,
        seconds_left: join.left_s,
    }))
}

/// Ends the interview. Idempotent.
pub(super) async fn end(
    State(api): State<Api>,
    Path(token): Path<String>,
    _: NoBody,
) -> Result<Json<EndAnswer>, ApiError> {
    api.rooms.leave_interview(&api.secret.hash(&token)).await?;
    Ok(Json(EndAnswer { ended: true }))
}
