//! Files of the pages, kept in the binary as they are sent: packed (RFC 1952).
//!
//! They are served below one address that changes with any of them, so that modules find each other by relative
//! addresses and a browser never has to ask again.

use std::io::Read;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use flate2::read::GzDecoder;

use super::super::error::ApiError;
use super::super::openapi::refusals::{Busy, NoSuch};
use super::super::path::Path;
use super::super::state::Api;
use super::TAG;

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SVG: &str = "image/svg+xml";
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const GZIP: HeaderValue = HeaderValue::from_static("gzip");
/// Digits of the address that changes.
const VERSION_CHARS: usize = 12;

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        &[$(($name, include_bytes!(concat!(env!("OUT_DIR"), "/assets/", $name, ".gz")).as_slice())),+]
    };
}

/// Every file, packed, by its place in `assets/`. LiveKit's client has its version in its name.
const FILES: &[(&str, &[u8])] = files![
    "livekit-client/livekit-client-2.23.0.umd.js",
    "operator/drawing.js",
    "operator/list.js",
    "operator/main.js",
    "operator/operator.css",
    "operator/report.css",
    "operator/report.js",
    "operator/room.js",
    "operator/stages.js",
    "operator/stretches.js",
    "operator/timeline.js",
    "respondent/captions.js",
    "respondent/link.js",
    "respondent/microphone_check.js",
    "respondent/respondent.css",
    "respondent/respondent.js",
    "respondent/troubles.js",
    "shared/api.js",
    "shared/base.css",
    "shared/captions.js",
    "shared/connection.js",
    "shared/dom.js",
    "shared/door.js",
    "shared/icon.svg",
    "shared/microphone.js",
    "shared/trouble.js",
    "shared/trouble_sheet.js",
    "shared/views.js",
    "stage/after.js",
    "stage/cast.css",
    "stage/cast.js",
    "stage/delays.js",
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
];

/// Where the files are.
pub(in crate::api) struct Assets {
    version: String,
}

impl Assets {
    /// Works out their address.
    pub(in crate::api) fn new() -> Self {
        let mut hasher = blake3::Hasher::new();
        for (name, packed) in FILES {
            hasher.update(name.as_bytes()).update(packed);
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
    request: HeaderMap,
) -> Result<Response, ApiError> {
    let name = format!("{folder}/{file}");
    let found = FILES.iter().find(|(known, _)| *known == name);
    let (_, packed) = found
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
        (header::VARY, HeaderValue::from_static("accept-encoding")),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    if takes_gzip(&request) {
        return Ok((headers, [(header::CONTENT_ENCODING, GZIP)], *packed).into_response());
    }
    let mut bytes = Vec::new();
    if let Err(error) = GzDecoder::new(*packed).read_to_end(&mut bytes) {
        tracing::error!(%error, "unpack a file of the pages");
        return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response());
    }
    Ok((headers, bytes).into_response())
}

/// Whether a request's `Accept-Encoding` has gzip (RFC 9110, 12.5.3): by name or `*`, and not with a weight of 0.
fn takes_gzip(request: &HeaderMap) -> bool {
    let codings: Vec<(&str, &str)> = request
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|coding| coding.split_once(';').unwrap_or((coding, "")))
        .map(|(name, weight)| (name.trim(), weight.trim()))
        .collect();
    let weight_of = |wanted: &str| {
        let found = codings.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, weight)| *weight)
    };
    let refused = |weight: &str| {
        let number = weight
            .strip_prefix("q=")
            .and_then(|number| number.parse::<f32>().ok());
        number.is_some_and(|weight| weight <= 0.0)
    };
    weight_of("gzip")
        .or_else(|| weight_of("*"))
        .is_some_and(|weight| !refused(weight))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::takes_gzip;

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        let takes = |value: &'static str| {
            let mut request = HeaderMap::new();
            request.append(header::ACCEPT_ENCODING, HeaderValue::from_static(value));
            takes_gzip(&request)
        };
        for value in [
            "gzip, deflate, br",
            "br;q=1, GZIP;q=0.5",
            "*",
            "identity;q=0, *;q=0.1",
        ] {
            assert!(takes(value), "{value}");
        }
        for value in ["", "identity", "br", "gzip;q=0, *", "gzip; q=0.0", "*;q=0"] {
            assert!(!takes(value), "{value}");
        }
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
