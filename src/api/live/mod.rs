//! Live room management, `/live/v1/…`: LiveKit's rooms of a project.

mod name;
mod participants;
mod rooms;
mod token;

use axum::extract::Request;
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::error::ApiError;
use super::state::Api;

/// How the document calls this surface.
const TAG: &str = "Live rooms";

/// All paths of the surface.
pub(super) fn answers() -> OpenApiRouter<Api> {
    OpenApiRouter::default()
        .routes(routes!(rooms::list, rooms::create))
        .routes(routes!(rooms::inspect, rooms::end))
        .routes(routes!(token::mint))
        .routes(routes!(participants::remove))
}

/// Says every refusal under `/live/` in this surface's words, whoever refused.
pub(super) async fn reworded(request: Request, next: Next) -> Response {
    let ours = request.uri().path().starts_with("/live/");
    let mut response = next.run(request).await;
    let Some(error) = response.extensions_mut().remove::<ApiError>().filter(|_| ours) else {
        return response;
    };
    // What the router added, such as `Allow`, stays.
    let (mut parts, _) = response.into_parts();
    let (said, body) = error.in_live_words().into_response().into_parts();
    parts.status = said.status;
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, body)
}
