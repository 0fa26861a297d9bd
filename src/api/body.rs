//! Request bodies: bounded, JSON, an object.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::ApiError;
use super::fields::Fields;
use super::state::Api;

/// Largest body of a worker's request, bytes: a full batch of long entries.
pub(super) const WORKER_BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A JSON object whose fields are still to be read.
pub(super) struct JsonBody {
    /// Its fields.
    pub(super) fields: Fields,
    /// The same in one spelling, to tell whether two bodies are equal.
    pub(super) canonical: String,
}

impl FromRequest<Api> for JsonBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, api: &Api) -> Result<Self, ApiError> {
        let bytes = read(request, api.limits.body_bytes_max).await?;
        let value: Value = serde_json::from_slice(&bytes).map_err(|error| bad_json(&error))?;
        let canonical = value.to_string();
        Ok(Self {
            fields: Fields::of(value)?,
            canonical,
        })
    }
}

/// A body of the worker protocol.
pub(super) struct Wire<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Wire<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let bytes = read(request, WORKER_BODY_BYTES_MAX).await?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            if error.is_data() {
                misfit(&error.to_string())
            } else {
                bad_json(&error)
            }
        })
    }
}

/// Takes a body that says nothing: empty, or an object without fields.
pub(super) struct NoBody;

impl FromRequest<Api> for NoBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, api: &Api) -> Result<Self, ApiError> {
        let bytes = bounded(request, api.limits.body_bytes_max).await?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self);
        }
        let value: Value = serde_json::from_slice(&bytes).map_err(|error| bad_json(&error))?;
        Fields::of(value)?.finish()?;
        Ok(Self)
    }
}

async fn read(request: Request, limit_bytes: usize) -> Result<Bytes, ApiError> {
    if !is_json(request.headers()) {
        return Err(ApiError::not_json());
    }
    bounded(request, limit_bytes).await
}

pub(super) async fn bounded(request: Request, limit_bytes: usize) -> Result<Bytes, ApiError> {
    let announced = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit_bytes) {
        return Err(ApiError::too_large(limit_bytes));
    }
    axum::body::to_bytes(request.into_body(), limit_bytes)
        .await
        .map_err(|error| {
            // A client that went away is not there to read the answer.
            tracing::debug!(%error, "read a request's body");
            ApiError::too_large(limit_bytes)
        })
}

fn is_json(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}

fn bad_json(error: &serde_json::Error) -> ApiError {
    ApiError::bad_json(format!(
        "the body is not valid JSON: line {}, column {}",
        error.line(),
        error.column()
    ))
}

/// Names the field that serde complains of, when its message does.
fn misfit(message: &str) -> ApiError {
    let reason = message.split(" at line ").next().unwrap_or(message);
    match reason.split('`').nth(1) {
        Some(field) if reason.contains("field `") => {
            ApiError::invalid(field, format!("can't be used: {reason}"))
        }
        _ => ApiError::invalid_body(format!("the body does not fit: {reason}")),
    }
}
