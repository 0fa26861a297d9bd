//! `POST /worker/v1/rooms/{roomId}/recordings` and `PUT …/recordings/{epoch}/{track}/{sequence}`: recorded sound
//! comes in.

use axum::Json;
use axum::extract::{Request, State};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::super::auth::Worker;
use super::super::body::{Wire, bounded};
use super::super::error::ApiError;
use super::super::fields::{NAME_CHARS_MAX, check_text};
use super::super::openapi::params;
use super::super::openapi::refusals::{BadBody, BadNothing, Conflicting, NoSuch, Refused};
use super::super::openapi::schema::{self, Body, File, described};
use super::super::path::Path;
use super::super::query::Params;
use super::super::state::Api;
use super::{TAG, check_id, worker_body};
use crate::protocol::{RecordingRequest, RecordingResponse};
use crate::rooms::recording::{NewSegment, SEGMENT_BYTES_MAX};

/// Most tracks of one room under one claim.
const TRACKS_MAX: usize = 1_000;
/// Longest identity or name of a track, characters: LiveKit's, not ours.
const LABEL_CHARS_MAX: usize = 1_000;
/// Highest track and sequence.
const NUMBER_MAX: u32 = 1_000_000;
/// The words of [`RecordingFault`](crate::protocol::RecordingFault).
const FAULTS: [&str; 7] = [
    "frames_dropped",
    "encoding_failed",
    "too_many_tracks",
    "spool_full",
    "upload_failed",
    "worker_lost",
    "segments_missing",
];
/// Latest beginning of a segment, ms since the room's start: a month.
const START_MS_MAX: u32 = 31 * 24 * 3600 * 1000;

described!(
    /// See [`RecordingRequest`].
    RecordingBody,
    worker_body("The tracks of a recording.")
        .needs("epoch", "The claim's epoch.", schema::count())
        .needs(
            "tracks",
            "What was told of a track before is replaced.",
            schema::list(track(), TRACKS_MAX),
        )
        .may("finished", "Nothing follows under this epoch.", schema::boolean())
);

fn track() -> Body {
    let label = || schema::nullable_string().max_length(Some(LABEL_CHARS_MAX));
    Body::new("One track of a claim.")
        .needs(
            "track",
            "Its number within the epoch.",
            schema::whole(&(0..=NUMBER_MAX)),
        )
        .needs("kind", "What it holds.", schema::choice(["participant", "mix"]))
        .may(
            "identity",
            "LiveKit identity; empty for the mix.",
            schema::string().max_length(Some(LABEL_CHARS_MAX)),
        )
        .may("name", "Name of the participant.", label())
        .may("characterId", "The character, if it is one.", label())
        .may(
            "segments",
            "Segments that there are, once the track is over.",
            schema::nullable_from_to(0, u64::from(u32::MAX)),
        )
        .may("fault", "Why it is not whole.", schema::nullable_choice(&FAULTS))
}

/// Tell which tracks a recording has, and when they are over.
#[utoipa::path(
    post,
    path = "/worker/v1/rooms/{roomId}/recordings",
    operation_id = "tellRecording",
    tag = TAG,
    security(("worker_key" = [])),
    params(("roomId" = String, Path, description = "The room.")),
    request_body = RecordingBody,
    responses(
        (status = 200, description = "It is written down.", body = RecordingResponse),
        Refused,
        NoSuch,
        BadBody,
        Conflicting,
    )
)]
pub(super) async fn tell(
    State(api): State<Api>,
    _: Worker,
    Path(room_id): Path<String>,
    Wire(mut request): Wire<RecordingRequest>,
) -> Result<Json<RecordingResponse>, ApiError> {
    check_id("workerId", &request.worker_id)?;
    if request.tracks.len() > TRACKS_MAX {
        return Err(ApiError::invalid(
            "tracks",
            format!("must have at most {TRACKS_MAX} items"),
        ));
    }
    for (at, track) in request.tracks.iter_mut().enumerate() {
        if track.track > NUMBER_MAX {
            return Err(ApiError::invalid(
                format!("tracks.{at}.track"),
                format!("must be from 0 to {NUMBER_MAX}"),
            ));
        }
        // Text comes from LiveKit's participants. A control character in it must not cost the recording.
        let labels = [&mut track.name, &mut track.character_id];
        let labels = labels.into_iter().flatten().chain([&mut track.identity]);
        for label in labels {
            *label = label
                .chars()
                .filter(|c| !c.is_control())
                .take(LABEL_CHARS_MAX)
                .collect();
        }
    }
    api.rooms.tell_recording(&room_id, &request).await?;
    Ok(Json(RecordingResponse { stored: true }))
}

/// What a segment is, for the document.
struct SegmentParams;

impl IntoParams for SegmentParams {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let number = || schema::whole(&(0..=NUMBER_MAX));
        let hash = schema::string().pattern(Some("^[0-9A-Fa-f]{64}$"));
        vec![
            params::path("epoch", "The claim's epoch.", schema::count()),
            params::path("track", "Its track.", number()),
            params::path("sequence", "Its place within the track, from 1.", number()),
            params::needed_query("workerId", "The worker that holds the room.", schema::name()),
            params::needed_query(
                "startMs",
                "Where it begins, ms since the room's start.",
                schema::whole(&(0..=START_MS_MAX)),
            ),
            params::needed_query("blake3", "BLAKE3 of the body, 64 hexadecimal digits.", hash),
        ]
    }
}

/// Store a segment: an Ogg/Opus file of up to 10 s. Idempotent by epoch, track and sequence.
#[utoipa::path(
    put,
    path = "/worker/v1/rooms/{roomId}/recordings/{epoch}/{track}/{sequence}",
    operation_id = "storeSegment",
    tag = TAG,
    security(("worker_key" = [])),
    params(
        ("roomId" = String, Path, description = "The room."),
        SegmentParams,
    ),
    request_body(content = File, content_type = "audio/ogg"),
    responses(
        (status = 200, description = "It is stored.", body = RecordingResponse),
        Refused,
        NoSuch,
        BadNothing,
        Conflicting,
    )
)]
pub(super) async fn store(
    State(api): State<Api>,
    _: Worker,
    Path((room_id, epoch, track, sequence)): Path<(String, u64, u32, u32)>,
    mut params: Params,
    request: Request,
) -> Result<Json<RecordingResponse>, ApiError> {
    let worker_id = params
        .text("workerId", NAME_CHARS_MAX)?
        .ok_or_else(|| ApiError::invalid("workerId", "is required"))?;
    check_text("workerId", &worker_id, NAME_CHARS_MAX)?;
    let start_ms = params
        .number("startMs", 0..=START_MS_MAX)?
        .ok_or_else(|| ApiError::invalid("startMs", "is required"))?;
    let blake3 = params
        .text("blake3", NAME_CHARS_MAX)?
        .and_then(|text| blake3::Hash::from_hex(text).ok())
        .ok_or_else(|| ApiError::invalid("blake3", "must have 64 hexadecimal digits"))?;
    params.finish()?;
    for (param, number) in [("track", track), ("sequence", sequence)] {
        if number > NUMBER_MAX {
            return Err(ApiError::invalid(param, format!("must be at most {NUMBER_MAX}")));
        }
    }
    let file = bounded(request, SEGMENT_BYTES_MAX).await?;
    if blake3::hash(&file) != blake3 {
        return Err(ApiError::invalid("blake3", "is not the hash of the body"));
    }
    let packets = NewSegment::count(&file)
        .map_err(|error| ApiError::invalid_body(format!("the body can't be stored: {error}")))?;
    let segment = NewSegment {
        room_id,
        epoch,
        track,
        sequence,
        start_ms: u64::from(start_ms),
        packets,
        blake3: *blake3.as_bytes(),
        file,
    };
    api.rooms.store_segment(&worker_id, segment).await?;
    Ok(Json(RecordingResponse { stored: true }))
}
