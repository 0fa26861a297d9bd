//! `POST /worker/v1/rooms/{roomId}/recordings` and `PUT …/recordings/{epoch}/{track}/{sequence}`: recorded sound
//! comes in.

use axum::Json;
use axum::extract::{Request, State};

use super::super::auth::Worker;
use super::super::body::{Wire, bounded};
use super::super::error::ApiError;
use super::super::fields::{NAME_CHARS_MAX, check_text};
use super::super::path::Path;
use super::super::query::Params;
use super::super::state::Api;
use super::check_id;
use crate::protocol::{RecordingRequest, RecordingResponse};
use crate::rooms::recording::{NewSegment, SEGMENT_BYTES_MAX};

/// Most tracks of one room under one claim.
const TRACKS_MAX: usize = 1_000;
/// Longest identity or name of a track, characters: LiveKit's, not ours.
const LABEL_CHARS_MAX: usize = 1_000;
/// Highest track and sequence.
const NUMBER_MAX: u32 = 1_000_000;
/// Latest beginning of a segment, ms since the room's start: a month.
const START_MS_MAX: u32 = 31 * 24 * 3600 * 1000;

/// Takes in what a worker says of its tracks.
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

/// Stores a segment: an Ogg/Opus file of up to 10 s. Idempotent by epoch, track and sequence.
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
