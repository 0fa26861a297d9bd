//! Failures of this surface say `"success": false` beside the error that all surfaces answer.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::Value;

/// Whose paths these are.
const PREFIX: &str = "/api/roleplay/";
/// Longest error, bytes.
const ERROR_BYTES_MAX: usize = 64 * 1024;

/// Adds `success` to what was refused or failed; it stands around the whole API, so that it also sees what no
/// handler answered.
pub(in crate::api) async fn mark_failures(request: Request, next: Next) -> Response {
    let ours = request.uri().path().starts_with(PREFIX);
    let response = next.run(request).await;
    let status = response.status();
    if !ours || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, ERROR_BYTES_MAX)
        .await
        .unwrap_or_default();
    let Ok(Value::Object(mut answer)) = serde_json::from_slice(&bytes) else {
        return Response::from_parts(parts, Body::from(bytes));
    };
    answer.insert("success".to_owned(), Value::Bool(false));
    let text = Value::Object(answer).to_string();
    parts
        .headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(text.len()));
    Response::from_parts(parts, Body::from(text))
}
