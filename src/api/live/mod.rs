//! Live room management, `/live/v1/…`: LiveKit's rooms of a project.

mod name;
mod participants;
mod rooms;
mod token;

use axum::Router;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};

use super::error::ApiError;
use super::state::Api;

/// All paths of the surface.
pub(super) fn answers() -> Router<Api> {
    Router::new()
        .route("/live/v1/rooms", get(rooms::list).post(rooms::create))
        .route("/live/v1/rooms/{name}", get(rooms::inspect).delete(rooms::end))
        .route("/live/v1/rooms/{name}/token", post(token::mint))
        .route(
            "/live/v1/rooms/{name}/participants/{identity}",
            delete(participants::remove),
        )
}

/// Says every refusal under `/live/` in this surface's words, whoever refused.
pub(super) async fn reworded(request: Request, next: Next) -> Response {
    let ours = request.uri().path().starts_with("/live/");
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<ApiError>() {
        Some(error) if ours => error.in_live_words().into_response(),
        _ => response,
    }
}
