//! How every surface says that something was not done.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use super::catalogue::ERRORS;
use crate::rooms::Error;

/// A refused or failed request: `{"error":{"type","code","message","param"?}}`.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    status: StatusCode,
    kind: &'static str,
    code: &'static str,
    message: String,
    param: Option<String>,
    /// After which time it makes sense to try again.
    retry_after: Option<Duration>,
}

/// What every request is answered that was not done.
#[derive(Serialize, ToSchema)]
pub(crate) struct ErrorAnswer {
    #[schema(inline)]
    error: ErrorBody,
}

/// Which error it is.
#[derive(Serialize, ToSchema)]
struct ErrorBody {
    /// The family of the error.
    r#type: &'static str,
    /// The error; the catalogue says what each code means.
    #[schema(schema_with = codes)]
    code: &'static str,
    /// What happened and what to do, for people.
    message: String,
    /// The field, parameter or header that can't be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    param: Option<String>,
}

fn codes() -> Object {
    let mut codes: Vec<&str> = ERRORS.iter().map(|known| known.code).collect();
    codes.sort_unstable();
    codes.dedup();
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some("The error; the catalogue says what each code means."))
        .enum_values(Some(codes))
        .build()
}

/// When a client may try again while the server itself is in trouble.
const TROUBLE: Duration = Duration::from_secs(1);
/// When a client may try again while its project has too much going on.
const TOO_MUCH: Duration = Duration::from_secs(30);

impl ApiError {
    fn new(status: StatusCode, kind: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            code,
            message: message.into(),
            param: None,
            retry_after: None,
        }
    }

    /// 400: the body is not JSON.
    pub(crate) fn bad_json(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "invalid_request_error",
            "invalid_json",
            message,
        )
    }

    /// 401: no key, or not a valid one.
    pub(crate) fn unauthorized(message: &'static str) -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "authentication_error",
            "unauthorized",
            message,
        )
    }

    /// 403: this kind of key may not do this.
    pub(crate) fn forbidden(code: &'static str, message: &'static str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "permission_error", code, message)
    }

    /// 404: no such thing, or another project's.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not_found_error",
            "not_found",
            format!("there is no such {what}"),
        )
    }

    /// 405.
    pub(crate) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "invalid_request_error",
            "method_not_allowed",
            "this path has no such method; the `Allow` header lists those it has",
        )
    }

    /// 409.
    pub(crate) fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, "conflict_error", code, message)
    }

    /// 413.
    pub(crate) fn too_large(limit_bytes: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "invalid_request_error",
            "body_too_large",
            format!("the body must not be larger than {limit_bytes} bytes"),
        )
    }

    /// 415.
    pub(crate) fn not_json() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "invalid_request_error",
            "unsupported_media_type",
            "send the body as `Content-Type: application/json`",
        )
    }

    /// 416: the file has no such part.
    pub(crate) fn range_not_satisfiable() -> Self {
        Self::new(
            StatusCode::RANGE_NOT_SATISFIABLE,
            "invalid_request_error",
            "range_not_satisfiable",
            "the file has no such bytes",
        )
    }

    /// 422: one parameter can't be used.
    pub(crate) fn invalid(param: impl Into<String>, message: impl Into<String>) -> Self {
        let param = param.into();
        Self {
            message: format!("`{param}` {}", message.into()),
            param: Some(param),
            ..Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid_request_error",
                "validation_error",
                "",
            )
        }
    }

    /// 422: the body as a whole can't be used.
    pub(crate) fn invalid_body(message: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid_request_error",
            "validation_error",
            message,
        )
    }

    /// 429: too often, or too much at once.
    pub(crate) fn too_many(code: &'static str, message: impl Into<String>, retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limit_error", code, message)
        }
    }

    /// 503: the server can't do it now.
    pub(crate) fn unavailable(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            retry_after: Some(TROUBLE),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "api_error", code, message)
        }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound(what) => Self::not_found(what),
            Error::Forbidden { code, message } => Self::forbidden(code, message),
            Error::Conflict { code, message } => Self::conflict(code, message),
            Error::TooMany { code, message } => Self::too_many(code, message, TOO_MUCH),
            Error::Invalid { param, message } => Self::invalid(param, message),
            Error::LiveKit(error) => {
                tracing::warn!(%error, "call LiveKit");
                Self::new(
                    StatusCode::BAD_GATEWAY,
                    "api_error",
                    "livekit_error",
                    error.to_string(),
                )
            }
            Error::Objects(_) => {
                tracing::error!(%error, "answer a request");
                Self::unavailable(
                    "recordings_unavailable",
                    "the server's store of recordings did not answer; try again",
                )
            }
            Error::Store(_) | Error::Corrupt(_) => {
                tracing::error!(%error, "answer a request");
                Self::unavailable(
                    "store_unavailable",
                    "the server's database did not answer; try again",
                )
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Json(ErrorAnswer {
            error: ErrorBody {
                r#type: self.kind,
                code: self.code,
                message: self.message,
                param: self.param,
            },
        });
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = self.retry_after {
            // Whole seconds, and never too early.
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
