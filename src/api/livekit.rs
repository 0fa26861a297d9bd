//! `POST /webhooks/livekit`: what the LiveKit server tells by itself.
//!
//! It is no key of ours that admits it, but a token that LiveKit signs with its own, which holds the hash of the
//! body. LiveKit tells again what was answered 5xx.

use axum::Json;
use axum::extract::{FromRequest, Request, State};
use axum::http::{HeaderMap, header};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body;
use super::error::ApiError;
use super::openapi::refusals::{BadLiveBody, Busy, LiveKitFailed, Unsigned};
use super::state::Api;
use crate::rooms::livekit::webhook::NoticeError;
use crate::rooms::service::Noted;

/// The one path.
pub(super) fn answers() -> OpenApiRouter<Api> {
    OpenApiRouter::default().routes(routes!(receive))
}

const MEDIA_TYPE: &str = "application/webhook+json";
/// Largest body of a notice, bytes: a room, a participant and their metadata.
const BODY_BYTES_MAX: usize = 256 * 1024;

/// What LiveKit sends: its raw body, and the token that belongs to it.
struct Told {
    body: String,
    token: String,
}

impl<S: Send + Sync> FromRequest<S> for Told {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let token = token_of(request.headers())?;
        let body = body::raw(request, MEDIA_TYPE, BODY_BYTES_MAX).await?;
        let body = String::from_utf8(body.into()).map_err(|_| unsigned())?;
        Ok(Self { body, token })
    }
}

/// LiveKit sends the token alone, without a scheme.
fn token_of(headers: &HeaderMap) -> Result<String, ApiError> {
    let value = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .ok_or_else(|| ApiError::unauthorized("LiveKit sends its token as `Authorization`"))?;
    Ok(value.strip_prefix("Bearer ").unwrap_or(value).trim().to_owned())
}

/// What became of a notice.
#[derive(Serialize, ToSchema)]
pub(super) struct ToldAnswer {
    /// Always true.
    received: bool,
    /// Whether it was told before, so that nothing was done now.
    duplicate: bool,
}

/// Take a notice of the LiveKit server.
#[utoipa::path(
    post,
    path = "/webhooks/livekit",
    operation_id = "tellLiveKitEvent",
    tag = "LiveKit",
    request_body(
        content = Object,
        content_type = "application/webhook+json",
        description = "An event of LiveKit; `Authorization` is a JWT of its key with the body's SHA-256."
    ),
    responses(
        (status = 200, description = "It was taken.", body = ToldAnswer),
        Unsigned,
        Busy,
        BadLiveBody,
        LiveKitFailed,
    )
)]
async fn receive(State(api): State<Api>, told: Told) -> Result<Json<ToldAnswer>, ApiError> {
    let notice = api
        .rooms
        .tokens
        .notice_reader()
        .read(&told.body, &told.token)
        .map_err(|error| match error {
            NoticeError::Unsigned => unsigned(),
            NoticeError::Unreadable => ApiError::invalid_body("the body is not a webhook event of LiveKit"),
        })?;
    let noted = api.rooms.note(&notice).await?;
    Ok(Json(ToldAnswer {
        received: true,
        duplicate: noted == Noted::Before,
    }))
}

fn unsigned() -> ApiError {
    ApiError::unauthorized("the token is not one of LiveKit for this body, or it has expired")
}
