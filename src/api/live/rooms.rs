//! `/live/v1/rooms` and `/live/v1/rooms/{name}`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::auth::Project;
use super::super::body::{JsonBody, NoBody};
use super::super::error::ApiError;
use super::super::fields::Fields;
use super::super::idempotency::{Attempt, once};
use super::super::openapi::params::IdempotencyKey;
use super::super::openapi::refusals::{
    BadLiveBody, BadLiveNothing, Conflicting, Invalid, LiveKitFailed, NoSuch, Refused,
};
use super::super::openapi::schema::{self, Body, Nothing, described};
use super::super::query::Params;
use super::super::state::Api;
use super::TAG;
use super::name::{NAME_RULE, RoomName, RoomPath};
use super::participants::LiveParticipantAnswer;
use crate::rooms::live::{LIVE_NAME_CHARS_MAX, LiveName, LiveRoom, NewLiveRoom};

/// Most participants of a room.
const PARTICIPANTS_MAX: u32 = 10_000;
/// Longest time that an empty room is kept, s.
const EMPTY_TIMEOUT_MAX_S: u32 = 86_400;
/// Longest metadata, characters.
const METADATA_CHARS_MAX: usize = 4_096;

/// A room that LiveKit has.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LiveRoomAnswer {
    /// Its name.
    room: String,
    /// LiveKit's id of it.
    sid: String,
    /// Participants now.
    num_participants: u32,
    /// Most participants; 0 is no limit.
    max_participants: u32,
    /// When it was made, s since 1970.
    creation_time: i64,
    /// Its metadata, empty without any.
    metadata: String,
}

impl From<LiveRoom> for LiveRoomAnswer {
    fn from(room: LiveRoom) -> Self {
        Self {
            room: room.name,
            sid: room.sid,
            num_participants: room.participants,
            max_participants: room.max_participants,
            creation_time: room.created_s,
            metadata: room.metadata,
        }
    }
}

described!(
    /// See [`new_room`].
    NewLiveRoomBody,
    Body::new("A room to make.")
        .needs("name", "Its name.", RoomName::schema())
        .may(
            "maxParticipants",
            "Most participants; without it there is no limit.",
            schema::whole(&(1..=PARTICIPANTS_MAX))
        )
        .may(
            "emptyTimeout",
            "Seconds that it is kept without participants; without it LiveKit's own default.",
            schema::whole(&(1..=EMPTY_TIMEOUT_MAX_S))
        )
        .may("metadata", "Text that is attached to it.", schema::text(METADATA_CHARS_MAX))
);

/// Make a live room; one of this name that is there is answered in the same way.
#[utoipa::path(
    post,
    path = "/live/v1/rooms",
    operation_id = "createLiveRoom",
    tag = TAG,
    security(("secret_key" = [])),
    params(IdempotencyKey),
    request_body = NewLiveRoomBody,
    responses(
        (status = 201, description = "The room.", body = LiveRoomAnswer),
        Refused,
        BadLiveBody,
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
    let new = new_room(body.fields)?;
    let attempt = Attempt {
        scope: format!("{project_id} POST /live/v1/rooms"),
        headers,
        body: body.canonical,
    };
    let rooms = api.rooms.clone();
    once(&api, attempt, async move {
        let made = rooms.create_live(&project_id, new).await?;
        Ok((StatusCode::CREATED, LiveRoomAnswer::from(made)))
    })
    .await
}

fn new_room(mut fields: Fields) -> Result<NewLiveRoom, ApiError> {
    let name = fields.required_text("name", LIVE_NAME_CHARS_MAX)?;
    let new = NewLiveRoom {
        name: LiveName::parse(&name).ok_or_else(|| ApiError::invalid("name", NAME_RULE))?,
        max_participants: fields.whole_number("maxParticipants", 1..=PARTICIPANTS_MAX)?,
        empty_timeout_s: fields.whole_number("emptyTimeout", 1..=EMPTY_TIMEOUT_MAX_S)?,
        metadata: fields.text("metadata", METADATA_CHARS_MAX)?,
    };
    fields.finish()?;
    Ok(new)
}

/// Every active room of a project.
#[derive(Serialize, ToSchema)]
pub(super) struct LiveRoomsAnswer {
    /// All of them, whoever made them.
    rooms: Vec<LiveRoomAnswer>,
}

/// List all live rooms of the project.
#[utoipa::path(
    get,
    path = "/live/v1/rooms",
    operation_id = "listLiveRooms",
    tag = TAG,
    security(("secret_key" = [])),
    responses(
        (status = 200, description = "All of them.", body = LiveRoomsAnswer),
        Refused,
        Invalid,
        LiveKitFailed,
    )
)]
pub(super) async fn list(
    State(api): State<Api>,
    Project(project_id): Project,
    params: Params,
) -> Result<Json<LiveRoomsAnswer>, ApiError> {
    params.finish()?;
    let rooms = api.rooms.live_rooms(&project_id).await?;
    Ok(Json(LiveRoomsAnswer {
        rooms: rooms.into_iter().map(Into::into).collect(),
    }))
}

/// A room and who is in it.
#[derive(Serialize, ToSchema)]
pub(super) struct InspectedAnswer {
    #[serde(flatten)]
    room: LiveRoomAnswer,
    /// Who is connected now.
    participants: Vec<LiveParticipantAnswer>,
}

/// Inspect a live room and who is in it.
#[utoipa::path(
    get,
    path = "/live/v1/rooms/{name}",
    operation_id = "inspectLiveRoom",
    tag = TAG,
    security(("secret_key" = [])),
    params(RoomName),
    responses(
        (status = 200, description = "The room.", body = InspectedAnswer),
        Refused,
        NoSuch,
        Invalid,
        LiveKitFailed,
    )
)]
pub(super) async fn inspect(
    State(api): State<Api>,
    Project(project_id): Project,
    RoomPath(name): RoomPath,
) -> Result<Json<InspectedAnswer>, ApiError> {
    let (room, participants) = api.rooms.live_room(&project_id, &name).await?;
    Ok(Json(InspectedAnswer {
        room: room.into(),
        participants: participants.into_iter().map(Into::into).collect(),
    }))
}

/// That a room is over.
#[derive(Serialize, ToSchema)]
pub(super) struct EndedAnswer {
    /// Always true.
    ended: bool,
}

/// End a live room and disconnect everyone; one that is not there is over already.
#[utoipa::path(
    delete,
    path = "/live/v1/rooms/{name}",
    operation_id = "endLiveRoom",
    tag = TAG,
    security(("secret_key" = [])),
    params(RoomName),
    request_body = Nothing,
    responses(
        (status = 200, description = "It is over.", body = EndedAnswer),
        Refused,
        BadLiveNothing,
        LiveKitFailed,
    )
)]
pub(super) async fn end(
    State(api): State<Api>,
    Project(project_id): Project,
    RoomPath(name): RoomPath,
    _: NoBody,
) -> Result<Json<EndedAnswer>, ApiError> {
    api.rooms.end_live(&project_id, &name).await?;
    Ok(Json(EndedAnswer { ended: true }))
}
