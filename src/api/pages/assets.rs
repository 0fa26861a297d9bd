//! Files of the page, kept in the binary.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::super::error::ApiError;
use super::super::openapi::refusals::{Busy, NoSuch};
use super::super::path::Path;
use super::TAG;

/// LiveKit's client; its version is part of its name.
const LIVEKIT: &str = "livekit-client-2.23.0.umd.js";
const SCRIPT: &str = "respondent.js";
const STYLE: &str = "respondent.css";

const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
/// A file's address changes with its content, so that a browser never has to ask again.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

fn content(name: &str) -> Option<(&'static str, &'static [u8])> {
    match name {
        LIVEKIT => Some((
            JAVASCRIPT,
            include_bytes!("../../../assets/livekit-client/livekit-client-2.23.0.umd.js"),
        )),
        SCRIPT => Some((
            JAVASCRIPT,
            include_bytes!("../../../assets/respondent/respondent.js"),
        )),
        STYLE => Some((CSS, include_bytes!("../../../assets/respondent/respondent.css"))),
        _ => None,
    }
}

/// Addresses of the page's files.
pub(super) struct Addresses {
    pub(super) livekit: String,
    pub(super) script: String,
    pub(super) css: String,
}

impl Addresses {
    pub(super) fn new() -> Self {
        let dated = |name: &str| {
            let (_, bytes) = content(name).unwrap_or_default();
            let hash = blake3::hash(bytes).to_hex();
            format!("/assets/{name}?v={}", hash.get(..8).unwrap_or_default())
        };
        Self {
            livekit: format!("/assets/{LIVEKIT}"),
            script: dated(SCRIPT),
            css: dated(STYLE),
        }
    }
}

/// A file of the page.
#[utoipa::path(
    get,
    path = "/assets/{file}",
    operation_id = "getAsset",
    tag = TAG,
    params(("file" = String, Path, description = "Its name, as the page has it.")),
    responses((status = 200, description = "The file.", body = String, content_type = "text/plain"), NoSuch, Busy)
)]
pub(super) async fn file(Path(name): Path<String>) -> Result<Response, ApiError> {
    let (kind, bytes) = content(&name).ok_or_else(|| ApiError::not_found("file"))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CACHE_CONTROL, FOREVER),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    Ok((headers, bytes).into_response())
}
