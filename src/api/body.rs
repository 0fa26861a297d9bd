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
        let value = parsed(&bytes)?;
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
        serde_json::from_value(parsed(&bytes)?)
            .map(Self)
            .map_err(|error| misfit(&error.to_string()))
    }
}

/// As [`JsonBody`], but no body at all is an object without fields.
pub(super) struct OptionalBody(pub(super) Fields);

impl FromRequest<Api> for OptionalBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, api: &Api) -> Result<Self, ApiError> {
        let is_json = is_json(request.headers());
        let bytes = bounded(request, api.limits.body_bytes_max).await?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(Fields::of(Value::Object(serde_json::Map::new()))?));
        }
        if !is_json {
            return Err(ApiError::not_json());
        }
        let value: Value = serde_json::from_slice(&bytes).map_err(|error| bad_json(&error))?;
        Ok(Self(Fields::of(value)?))
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
        Fields::of(parsed(&bytes)?)?.finish()?;
        Ok(Self)
    }
}

fn parsed(bytes: &[u8]) -> Result<Value, ApiError> {
    let mut value = serde_json::from_slice(bytes).map_err(|error| bad_json(&error))?;
    whole_numbers(&mut value);
    Ok(value)
}

/// JSON has one kind of number: `3.0` is as whole as `3`.
fn whole_numbers(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            if let Some(whole) = number.as_f64().and_then(whole) {
                *value = whole;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(whole_numbers),
        Value::Object(fields) => fields.values_mut().for_each(whole_numbers),
        _ => {}
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "whole, and within the range of the type"
)]
fn whole(number: f64) -> Option<Value> {
    /// 2⁶³, from where on an `i64` does not reach.
    const BEYOND: f64 = 9_223_372_036_854_775_808.0;
    (number.fract() == 0.0 && (-BEYOND..BEYOND).contains(&number)).then(|| Value::from(number as i64))
}

async fn read(request: Request, limit_bytes: usize) -> Result<Bytes, ApiError> {
    if !is_json(request.headers()) {
        return Err(ApiError::not_json());
    }
    bounded(request, limit_bytes).await
}

/// The bytes of a body of this media type, as they came.
pub(super) async fn raw(
    request: Request,
    media_type: &'static str,
    limit_bytes: usize,
) -> Result<Bytes, ApiError> {
    if !is(request.headers(), media_type) {
        return Err(ApiError::not_media_type(media_type));
    }
    bounded(request, limit_bytes).await
}

/// The bytes of a body.
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
    is(headers, "application/json")
}

fn is(headers: &HeaderMap, media_type: &str) -> bool {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.split(';').next())
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case(media_type))
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::whole_numbers;

    #[test]
    fn a_whole_number_is_whole_however_it_is_written() {
        let mut value = json!({"a": [3.0, -0.0, 1e18, 0.5, 1e300], "b": {"c": 7}});
        whole_numbers(&mut value);
        let same: Value = json!({"a": [3, 0, 1_000_000_000_000_000_000_i64, 0.5, 1e300], "b": {"c": 7}});
        assert_eq!(value, same);
    }
}
