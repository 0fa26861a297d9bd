//! What the page asks for: a way into the conversation, and its end.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::body::NoBody;
use super::super::error::{ApiError, ErrorAnswer};
use super::super::openapi::refusals::{BadNothing, Busy, Conflicting, LiveKitFailed, NoSuch};
use super::super::openapi::schema::Nothing;
use super::super::path::Path;
use super::super::state::Api;
use super::TAG;

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

/// Exchange the link for a LiveKit token; the first time starts the interview.
#[utoipa::path(
    post,
    path = "/i/{accessToken}/join",
    operation_id = "joinInterview",
    tag = TAG,
    params(("accessToken" = String, Path, description = "The respondent's secret.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The way in.", body = JoinAnswer),
        (status = 403, description = "The project's minutes of today are used up.", body = ErrorAnswer),
        Busy,
        NoSuch,
        Conflicting,
        BadNothing,
        LiveKitFailed,
    )
)]
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

/// End the interview. Ending it again changes nothing.
#[utoipa::path(
    post,
    path = "/i/{accessToken}/end",
    operation_id = "endInterview",
    tag = TAG,
    params(("accessToken" = String, Path, description = "The respondent's secret.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "It is over.", body = EndAnswer),
        Busy,
        NoSuch,
        Conflicting,
        BadNothing,
        LiveKitFailed,
    )
)]
pub(super) async fn end(
    State(api): State<Api>,
    Path(token): Path<String>,
    _: NoBody,
) -> Result<Json<EndAnswer>, ApiError> {
    api.rooms.leave_interview(&api.secret.hash(&token)).await?;
    Ok(Json(EndAnswer { ended: true }))
}
