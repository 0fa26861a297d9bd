//! The voice-rooms surface, `/v1/…`, the native one.

mod characters;
mod events;
mod participants;
mod recordings;
mod rooms;
mod transcript;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use serde::Serialize;

use super::state::Api;

/// Largest page of a list.
const PAGE_MAX: u32 = 1_000;

/// Paths that answer at once.
pub(super) fn answers() -> Router<Api> {
    Router::new()
        .route("/v1/rooms", get(rooms::list).post(rooms::create))
        .route("/v1/rooms/{roomId}", get(rooms::get))
        .route("/v1/rooms/{roomId}/start", post(rooms::start))
        .route("/v1/rooms/{roomId}/end", post(rooms::end))
        .route("/v1/rooms/{roomId}/token", get(rooms::token))
        .route("/v1/rooms/{roomId}/transcript", get(transcript::list))
        .route(
            "/v1/rooms/{roomId}/recordings",
            get(recordings::list).delete(recordings::remove),
        )
        .route("/v1/rooms/{roomId}/participants", post(participants::add))
        .route(
            "/v1/rooms/{roomId}/participants/{characterId}",
            delete(participants::remove),
        )
        .route("/v1/characters", get(characters::list).post(characters::create))
        .route(
            "/v1/characters/{characterId}",
            get(characters::get)
                .patch(characters::update)
                .delete(characters::delete),
        )
}

/// Paths that answer for as long as there is something to tell.
pub(super) fn streams() -> Router<Api> {
    Router::new().route("/v1/rooms/{roomId}/events", get(events::stream))
}

/// A list, with a link to its next page when there is one.
fn page(items: &[impl Serialize], next: Option<String>) -> Response {
    let mut response = axum::Json(items).into_response();
    let link = next.and_then(|url| HeaderValue::from_str(&format!("<{url}>; rel=\"next\"")).ok());
    if let Some(link) = link {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

/// Cuts a list that was read one item too far to its page; answers the id that the next page begins after.
fn cut<T>(items: &mut Vec<T>, limit: Option<u32>, id: impl Fn(&T) -> &str) -> Option<String> {
    let limit = usize::try_from(limit?).ok()?;
    if items.len() <= limit {
        return None;
    }
    items.truncate(limit);
    items.last().map(|last| id(last).to_owned())
}
