//! `GET /recordings/{recordingId}?expires&signature`: the file, or a part of it, or all of it as WAV.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use tokio::sync::OwnedSemaphorePermit;
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::super::error::ApiError;
use super::super::fields::NAME_CHARS_MAX;
use super::super::openapi::refusals::{BadLink, Busy, Invalid, NoSuch, NoSuchRange};
use super::super::openapi::schema::File;
use super::super::openapi::{params, schema};
use super::super::path::Path;
use super::super::query::Params;
use super::super::state::Api;
use super::range::{Wanted, wanted};
use super::{TAG, link, wav};
use crate::opus_file;
use crate::rooms::recording::{Objects, Recording};

/// Bytes sent at once.
const BLOCK_BYTES: u64 = 256 * 1024;

/// What a link holds besides the recording, for the document.
struct LinkParams;

impl IntoParams for LinkParams {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![
            params::needed_query("expires", "Part of the link.", schema::name()),
            params::needed_query("signature", "Part of the link.", schema::name()),
            params::query(
                "format",
                "`opus`, also without it, or `wav`, which has no parts.",
                schema::choice(["opus", "wav"]),
            ),
        ]
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Opus,
    Wav,
}

/// Download a recording, or a part of it.
///
/// The link of a recording says all that is needed and can be used until it expires.
#[utoipa::path(
    get,
    path = "/recordings/{recordingId}",
    operation_id = "downloadRecording",
    tag = TAG,
    params(
        ("recordingId" = String, Path, description = "The recording."),
        LinkParams,
        ("Range" = Option<String>, Header, description = "One range of bytes."),
        ("If-Range" = Option<String>, Header, description = "The `ETag` that the range is of."),
    ),
    responses(
        (status = 200, description = "The file.", content(
            (File = "audio/ogg"),
            (File = "audio/wav"),
        )),
        (status = 206, description = "A part of it.", body = File, content_type = "audio/ogg"),
        BadLink,
        NoSuch,
        NoSuchRange,
        Invalid,
        Busy,
    )
)]
pub(super) async fn get(
    State(api): State<Api>,
    Path(recording_id): Path<String>,
    headers: HeaderMap,
    mut params: Params,
) -> Result<Response, ApiError> {
    let expires = params.text("expires", NAME_CHARS_MAX)?.unwrap_or_default();
    let signature = params.text("signature", NAME_CHARS_MAX)?.unwrap_or_default();
    let format = match params.text("format", NAME_CHARS_MAX)?.as_deref() {
        None | Some("opus") => Format::Opus,
        Some("wav") => Format::Wav,
        Some(_) => return Err(ApiError::invalid("format", "must be `opus` or `wav`")),
    };
    params.finish()?;
    let now = api.rooms.store.now().await?;
    link::check(&api, &recording_id, &expires, &signature, now)?;
    let recording = api.rooms.store.recording(&recording_id).await?;
    let place = api
        .downloads
        .clone()
        .try_acquire_owned()
        .map_err(|_| ApiError::unavailable("overloaded", "the server is busy; try again"))?;
    match format {
        Format::Opus => opus(&api, recording, &headers, place).await,
        Format::Wav => as_wav(&api, &recording),
    }
}

/// `place` is kept until the client has all of it or is gone.
async fn opus(
    api: &Api,
    recording: Recording,
    headers: &HeaderMap,
    place: OwnedSemaphorePermit,
) -> Result<Response, ApiError> {
    let size = recording.size_bytes;
    let tag = format!("\"{}\"", recording.id);
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    // A part of another file is of no use; ours never changes, so any other tag is another file's.
    let is_this = text(header::IF_RANGE).is_none_or(|known| known == tag);
    let range = text(header::RANGE).filter(|_| is_this);
    let (status, part) = match wanted(range, size) {
        Wanted::Whole => (StatusCode::OK, 0..size),
        Wanted::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
        Wanted::Unsatisfiable => {
            let mut response = ApiError::range_not_satisfiable().into_response();
            set(&mut response, header::CONTENT_RANGE, &format!("bytes */{size}"));
            return Ok(response);
        }
    };
    let objects = api.rooms.recordings.objects.clone();
    let length = part.end - part.start;
    // Read before the answer begins: a file that is gone must not become a 200.
    let first = objects
        .read(&recording.object(), part.start, block(&part))
        .await
        .map_err(crate::rooms::Error::Objects)?;
    let mut response = Response::new(Body::from_stream(stream_of(
        objects,
        recording.object(),
        first,
        part.clone(),
        place,
    )));
    *response.status_mut() = status;
    describe(
        &mut response,
        &recording.id,
        opus_file::CONTENT_TYPE,
        "opus",
        length,
    );
    set(&mut response, header::ETAG, &tag);
    set(&mut response, header::ACCEPT_RANGES, "bytes");
    if status == StatusCode::PARTIAL_CONTENT {
        let said = format!("bytes {}-{}/{size}", part.start, part.end - 1);
        set(&mut response, header::CONTENT_RANGE, &said);
    }
    Ok(response)
}

fn as_wav(api: &Api, recording: &Recording) -> Result<Response, ApiError> {
    let permit = api.decoders.clone().try_acquire_owned().map_err(|_| {
        ApiError::unavailable(
            "too_many_conversions",
            "the server converts as many recordings as it can; try again, or take the Opus file",
        )
    })?;
    let body = wav::body(api.rooms.recordings.objects.clone(), recording, permit);
    let mut response = Response::new(body);
    describe(
        &mut response,
        &recording.id,
        wav::CONTENT_TYPE,
        "wav",
        wav::length(recording),
    );
    set(&mut response, header::ACCEPT_RANGES, "none");
    Ok(response)
}

fn describe(response: &mut Response, id: &str, kind: &str, extension: &str, length: u64) {
    set(response, header::CONTENT_TYPE, kind);
    set(response, header::CONTENT_LENGTH, &length.to_string());
    let name = format!("inline; filename=\"{id}.{extension}\"");
    set(response, header::CONTENT_DISPOSITION, &name);
    // The link is a secret and so is what it opens.
    set(response, header::CACHE_CONTROL, "private, no-store");
    set(response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(response, header::REFERRER_POLICY, "no-referrer");
}

fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn block(part: &Range<u64>) -> usize {
    usize::try_from((part.end - part.start).min(BLOCK_BYTES)).unwrap_or(0)
}

/// The bytes of `part`, of which `first` was read already, as the client takes them.
fn stream_of(
    objects: Arc<dyn Objects>,
    name: String,
    first: Bytes,
    part: Range<u64>,
    place: OwnedSemaphorePermit,
) -> impl futures::Stream<Item = io::Result<Bytes>> {
    let state = (Some(first), part, place);
    stream::try_unfold(state, move |(first, part, place)| {
        let (objects, name) = (objects.clone(), name.clone());
        async move {
            if part.is_empty() {
                return Ok(None);
            }
            let bytes = match first {
                Some(first) => first,
                None => objects.read(&name, part.start, block(&part)).await?,
            };
            if bytes.is_empty() {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let rest = part.start + bytes.len() as u64..part.end;
            Ok(Some((bytes, (None, rest, place))))
        }
    })
}
