//! `/live/v1/rooms/{name}/token`: a person's way into a live room.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::auth::Project;
use super::super::body::OptionalBody;
use super::super::error::ApiError;
use super::super::fields::NAME_CHARS_MAX;
use super::super::openapi::refusals::{BadLiveBody, Conflicting, Refused};
use super::super::openapi::schema::{self, Body, described};
use super::super::state::Api;
use super::TAG;
use super::name::{RoomName, RoomPath};

/// What a person needs to join a room.
#[derive(Serialize, ToSchema)]
pub(super) struct LiveTokenAnswer {
    /// LiveKit token for this one room: to join, to speak, to hear. It must be used soon.
    token: String,
    /// Address of LiveKit.
    url: String,
    /// The identity that the token is for.
    identity: String,
    /// The room's name.
    room: String,
}

described!(
    /// See [`mint`].
    LiveJoinBody,
    Body::new("Who joins; nothing at all is somebody new.")
        .may(
            "identity",
            "Who joins, in LiveKit; without it the token is for a new identity.",
            schema::identity()
        )
        .may("name", "The name that others see.", schema::name())
);

/// Mint a person's LiveKit token for a live room, which is made when the first one joins.
#[utoipa::path(
    post,
    path = "/live/v1/rooms/{name}/token",
    operation_id = "mintLiveToken",
    tag = TAG,
    security(("secret_key" = [])),
    params(RoomName),
    request_body = LiveJoinBody,
    responses(
        (status = 200, description = "The token.", body = LiveTokenAnswer),
        Refused,
        BadLiveBody,
        Conflicting,
    )
)]
pub(super) async fn mint(
    State(api): State<Api>,
    Project(project_id): Project,
    RoomPath(name): RoomPath,
    OptionalBody(mut fields): OptionalBody,
) -> Result<Json<LiveTokenAnswer>, ApiError> {
    let identity = fields.filled_text("identity", NAME_CHARS_MAX)?;
    let shown_as = fields.filled_text("name", NAME_CHARS_MAX)?;
    fields.finish()?;
    let join = api
        .rooms
        .live_token(&project_id, &name, identity, shown_as)
        .await?;
    Ok(Json(LiveTokenAnswer {
        token: join.token,
        url: join.url,
        identity: join.identity,
        room: name.as_str().to_owned(),
    }))
}
