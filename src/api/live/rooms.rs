//! `/live/v1/rooms` and `/live/v1/rooms/{name}`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;

use super::super::auth::Project;
use super::super::body::{JsonBody, NoBody};
use super::super::error::ApiError;
use super::super::fields::Fields;
use super::super::idempotency::{Attempt, once};
use super::super::query::Params;
use super::super::state::Api;
use super::name::{NAME_RULE, RoomPath};
use super::participants::ParticipantAnswer;
use crate::rooms::live::{LIVE_NAME_CHARS_MAX, LiveName, LiveRoom, NewLiveRoom};

/// Most participants of a room.
const PARTICIPANTS_MAX: u32 = 10_000;
/// Longest time that an empty room is kept, s.
const EMPTY_TIMEOUT_MAX_S: u32 = 86_400;
/// Longest metadata, characters.
const METADATA_CHARS_MAX: usize = 4_096;

/// A room that LiveKit has.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RoomAnswer {
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

impl From<LiveRoom> for RoomAnswer {
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

/// Makes a room; one of this name that is there is answered in the same way.
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
        Ok((StatusCode::CREATED, RoomAnswer::from(made)))
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
#[derive(Serialize)]
pub(super) struct RoomsAnswer {
    /// All of them, whoever made them.
    rooms: Vec<RoomAnswer>,
}

/// All active rooms of the project.
pub(super) async fn list(
    State(api): State<Api>,
    Project(project_id): Project,
    params: Params,
) -> Result<Json<RoomsAnswer>, ApiError> {
    params.finish()?;
    let rooms = api.rooms.live_rooms(&project_id).await?;
    Ok(Json(RoomsAnswer {
        rooms: rooms.into_iter().map(Into::into).collect(),
    }))
}

/// A room and who is in it.
#[derive(Serialize)]
pub(super) struct InspectedAnswer {
    #[serde(flatten)]
    room: RoomAnswer,
    /// Who is connected now.
    participants: Vec<ParticipantAnswer>,
}

/// One room and who is in it.
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
#[derive(Serialize)]
pub(super) struct EndedAnswer {
    /// Always true.
    ended: bool,
}

/// Ends a room and disconnects everyone; one that is not there is over already.
pub(super) async fn end(
    State(api): State<Api>,
    Project(project_id): Project,
    RoomPath(name): RoomPath,
    _: NoBody,
) -> Result<Json<EndedAnswer>, ApiError> {
    api.rooms.end_live(&project_id, &name).await?;
    Ok(Json(EndedAnswer { ended: true }))
}
