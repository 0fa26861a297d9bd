//! `/v1/rooms`, `/v1/rooms/{roomId}` and what is done to a room as a whole.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::super::auth::Host;
use super::super::body::{JsonBody, NoBody};
use super::super::error::ApiError;
use super::super::fields::{Fields, NAME_CHARS_MAX, TEXT_CHARS_MAX};
use super::super::idempotency::{Attempt, once};
use super::super::openapi::refusals::{
    BadBody, BadNothing, Conflicting, Invalid, LiveKitFailed, NoSuch, Refused,
};
use super::super::openapi::schema::{self, Body, Nothing, described};
use super::super::openapi::{params as shared, schema::choice};
use super::super::page::Page;
use super::super::path::Path;
use super::super::query::Params;
use super::super::state::Api;
use super::TAG;
use crate::protocol::{Ambience, Mode};
use crate::rooms::room::{NewRoom, Room, Surface};

described!(
    /// See [`new_room`].
    NewRoomBody,
    Body::new("A room to make.")
        .needs("name", "Its name, for people.", schema::name())
        .may("mode", "How it plays; `freeform` without it.", choice(["freeform", "scripted"]))
        .may("scenePrompt", "The scene.", schema::nullable_text())
        .may("ambience", "What its place sounds like; nothing is heard of it without.", schema::ambience())
        .may("record", "Whether everyone in it is recorded; not without it.", schema::boolean())
);

/// Make a room.
#[utoipa::path(
    post,
    path = "/v1/rooms",
    operation_id = "createRoom",
    tag = TAG,
    security(("secret_key" = []), ("page_token" = [])),
    params(shared::IdempotencyKey),
    request_body = NewRoomBody,
    responses(
        (status = 201, description = "The room.", body = Room),
        Refused,
        BadBody,
        Conflicting,
    )
)]
pub(super) async fn create(
    State(api): State<Api>,
    Host(project_id): Host,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let new = new_room(body.fields)?;
    let attempt = Attempt {
        scope: format!("{project_id} POST /v1/rooms"),
        headers,
        body: body.canonical,
    };
    let rooms = api.rooms.clone();
    once(&api, attempt, async move {
        Ok((StatusCode::CREATED, rooms.create(&project_id, new).await?))
    })
    .await
}

fn new_room(mut fields: Fields) -> Result<NewRoom, ApiError> {
    let new = NewRoom {
        surface: Surface::Voice,
        name: fields.required_text("name", NAME_CHARS_MAX)?,
        mode: fields
            .choice(
                "mode",
                &[("freeform", Mode::Freeform), ("scripted", Mode::Scripted)],
            )?
            .unwrap_or_default(),
        scene_prompt: fields.nullable_text("scenePrompt", TEXT_CHARS_MAX)?,
        ambience: fields.choice("ambience", &Ambience::WORDS)?,
        record: fields.flag("record")?.unwrap_or(false),
    };
    fields.finish()?;
    Ok(new)
}

/// List active rooms, newest first.
#[utoipa::path(
    get,
    path = "/v1/rooms",
    operation_id = "listRooms",
    tag = TAG,
    security(("secret_key" = []), ("page_token" = [])),
    params(shared::Page),
    responses(
        (status = 200, description = "All of them, or a page.", body = Vec<Room>, headers(
            ("Link" = Option<String>, description = "Where the next page is, if there is one.")
        )),
        Refused,
        Invalid,
    )
)]
pub(super) async fn list(
    State(api): State<Api>,
    Host(project_id): Host,
    mut params: Params,
) -> Result<Response, ApiError> {
    let page = Page::read(&api, &project_id, "/v1/rooms".into(), &mut params)?;
    params.finish()?;
    let rooms = api
        .rooms
        .store
        .active_rooms(&project_id, page.after(), page.fetch())
        .await?;
    Ok(page.answer(rooms, |room| &room.seq))
}

/// Read a room, an ended one as well.
#[utoipa::path(
    get,
    path = "/v1/rooms/{roomId}",
    operation_id = "getRoom",
    tag = TAG,
    security(("secret_key" = []), ("page_token" = [])),
    params(("roomId" = String, Path, description = "The room.")),
    responses((status = 200, description = "The room.", body = Room), Refused, NoSuch)
)]
pub(super) async fn get(
    State(api): State<Api>,
    Host(project_id): Host,
    Path(room_id): Path<String>,
) -> Result<Json<Room>, ApiError> {
    Ok(Json(api.rooms.store.room(&project_id, &room_id).await?))
}

/// The room is started.
#[derive(Serialize, ToSchema)]
pub(super) struct StartedAnswer {
    /// Always true.
    started: bool,
}

/// Start a room: its characters join. Starting it again changes nothing.
#[utoipa::path(
    post,
    path = "/v1/rooms/{roomId}/start",
    operation_id = "startRoom",
    tag = TAG,
    security(("secret_key" = []), ("page_token" = [])),
    params(("roomId" = String, Path, description = "The room.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "It is started.", body = StartedAnswer),
        Refused,
        NoSuch,
        BadNothing,
        Conflicting,
        LiveKitFailed,
    )
)]
pub(super) async fn start(
    State(api): State<Api>,
    Host(project_id): Host,
    Path(room_id): Path<String>,
    _: NoBody,
) -> Result<Json<StartedAnswer>, ApiError> {
    api.rooms.start(&project_id, &room_id).await?;
    Ok(Json(StartedAnswer { started: true }))
}

/// End a room and disconnect everyone. Ending it again changes nothing.
#[utoipa::path(
    post,
    path = "/v1/rooms/{roomId}/end",
    operation_id = "endRoom",
    tag = TAG,
    security(("secret_key" = []), ("page_token" = [])),
    params(("roomId" = String, Path, description = "The room.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The room, over.", body = Room),
        Refused,
        NoSuch,
        BadNothing,
        LiveKitFailed,
    )
)]
pub(super) async fn end(
    State(api): State<Api>,
    Host(project_id): Host,
    Path(room_id): Path<String>,
    _: NoBody,
) -> Result<Json<Room>, ApiError> {
    Ok(Json(api.rooms.end(&project_id, &room_id).await?))
}

/// What a person needs to join.
#[derive(Serialize, ToSchema)]
pub(super) struct TokenAnswer {
    /// LiveKit token for this room alone.
    token: String,
    /// WebSocket address of LiveKit.
    url: String,
    /// The identity that the token is for.
    identity: String,
}

/// Mint a person's LiveKit token for a room.
#[utoipa::path(
    get,
    path = "/v1/rooms/{roomId}/token",
    operation_id = "getToken",
    tag = TAG,
    security(("secret_key" = []), ("page_token" = [])),
    params(("roomId" = String, Path, description = "The room."), JoinParams),
    responses(
        (status = 200, description = "The token.", body = TokenAnswer),
        Refused,
        NoSuch,
        Conflicting,
        Invalid,
    )
)]
pub(super) async fn token(
    State(api): State<Api>,
    Host(project_id): Host,
    Path(room_id): Path<String>,
    mut params: Params,
) -> Result<Json<TokenAnswer>, ApiError> {
    let identity = params.text("identity", NAME_CHARS_MAX)?;
    let name = params.text("name", NAME_CHARS_MAX)?;
    params.finish()?;
    let join = api
        .rooms
        .join_token(&project_id, &room_id, identity, name)
        .await?;
    Ok(Json(TokenAnswer {
        token: join.token,
        url: join.url,
        identity: join.identity,
    }))
}

/// `identity` and `name` of a person who joins.
struct JoinParams;

impl utoipa::IntoParams for JoinParams {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![
            shared::query(
                "identity",
                "Who joins, in LiveKit; without it the token is for a new identity.",
                schema::identity(),
            ),
            shared::query("name", "The name that others see.", schema::name()),
        ]
    }
}
