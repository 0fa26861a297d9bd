//! The group-chat surface, `/chat/v1/…`.

mod caller;
mod cast;
mod me;
mod members;
mod messages;
mod rooms;
mod sse;
mod wire;

use axum::Router;
use axum::routing::{delete, get, patch, post};

use super::state::Api;

/// Paths that answer at once.
pub(super) fn answers() -> Router<Api> {
    Router::new()
        .route("/chat/v1/me", get(me::get))
        .route("/chat/v1/rooms", get(rooms::list).post(rooms::create))
        .route(
            "/chat/v1/rooms/{id}",
            get(rooms::get)
                .patch(rooms::update)
                .put(rooms::update)
                .delete(rooms::delete),
        )
        .route("/chat/v1/rooms/{id}/members", post(members::add))
        .route(
            "/chat/v1/rooms/{id}/members/{user_id}",
            patch(members::appoint).delete(members::remove),
        )
        .route("/chat/v1/rooms/{id}/replrs", post(cast::add))
        .route("/chat/v1/rooms/{id}/replrs/{replr_id}", delete(cast::remove))
}

/// The path whose answer waits for language models.
pub(super) fn exchanges() -> Router<Api> {
    Router::new().route(
        "/chat/v1/rooms/{id}/messages",
        get(messages::list).post(messages::send),
    )
}
