//! Files of the pages, kept in the binary.
//!
//! They are served below one address that changes with any of them, so that modules find each other by relative
//! addresses and a browser never has to ask again.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::super::error::ApiError;
use super::super::openapi::refusals::{Busy, NoSuch};
use super::super::path::Path;
use super::super::state::Api;
use super::TAG;

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SVG: &str = "image/svg+xml";
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Digits of the address that changes.
const VERSION_CHARS: usize = 12;

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/assets/", $name)).as_slice())),+]
    };
}

/// Every file, by its place in `assets/`. LiveKit's client has its version in its name.
const FILES: &[(&str, &[u8])] = files![
    "livekit-client/livekit-client-2.23.0.umd.js",
    "respondent/respondent.css",
    "respondent/respondent.js",
    "shared/api.js",
    "shared/base.css",
    "shared/captions.js",
    "shared/dom.js",
    "shared/icon.svg",
    "shared/microphone.js",
    "shared/trouble.js",
    "stage/after.js",
    "stage/cast.css",
    "stage/cast.js",
    "stage/connection.js",
    "stage/delays.js",
    "stage/door.js",
    "stage/lines.css",
    "stage/lines.js",
    "stage/lobby.js",
    "stage/loudness.js",
    "stage/main.js",
    "stage/people.js",
    "stage/stage.css",
    "stage/talk.js",
    "stage/transcript.js",
    "stage/troubles.js",
    "stage/views.js",
];

/// Where the files are.
pub(in crate::api) struct Assets {
    version: String,
}

impl Assets {
    /// Works out their address.
    pub(in crate::api) fn new() -> Self {
        let mut hasher = blake3::Hasher::new();
        for (name, bytes) in FILES {
            hasher.update(name.as_bytes()).update(bytes);
        }
        let mut version = hasher.finalize().to_hex().to_string();
        version.truncate(VERSION_CHARS);
        Self { version }
    }

    /// Address of the folder that holds them all, without a slash at the end.
    pub(in crate::api) fn address(&self) -> String {
        format!("/assets/{}", self.version)
    }
}

/// A file of the pages.
#[utoipa::path(
    get,
    path = "/assets/{version}/{folder}/{file}",
    operation_id = "getAsset",
    tag = TAG,
    params(
        ("version" = String, Path, description = "Changes with the files; the pages have it."),
        ("folder" = String, Path, description = "Where the file is."),
        ("file" = String, Path, description = "Its name."),
    ),
    responses((status = 200, description = "The file.", body = String, content_type = "text/plain"), NoSuch, Busy)
)]
pub(super) async fn file(
    State(api): State<Api>,
    Path((version, folder, file)): Path<(String, String, String)>,
) -> Result<Response, ApiError> {
    let name = format!("{folder}/{file}");
    let found = FILES.iter().find(|(known, _)| *known == name);
    let (_, bytes) = found
        .filter(|_| version == api.assets.version)
        .ok_or_else(|| ApiError::not_found("file"))?;
    let kind = match name.rsplit('.').next() {
        Some("css") => CSS,
        Some("svg") => SVG,
        _ => JAVASCRIPT,
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, FOREVER),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    Ok((headers, *bytes).into_response())
}
