//! The voice-rooms surface, `/v1/…`, the native one.

mod characters;
mod events;
mod participants;
mod recordings;
mod rooms;
mod transcript;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::state::Api;

/// How the document calls this surface.
const TAG: &str = "Voice rooms";

/// Paths that answer at once.
pub(super) fn answers() -> OpenApiRouter<Api> {
    OpenApiRouter::default()
        .routes(routes!(rooms::list, rooms::create))
        .routes(routes!(rooms::get))
        .routes(routes!(rooms::start))
        .routes(routes!(rooms::end))
        .routes(routes!(rooms::token))
        .routes(routes!(transcript::list))
        .routes(routes!(recordings::list, recordings::remove))
        .routes(routes!(participants::add))
        .routes(routes!(participants::remove))
        .routes(routes!(characters::list, characters::create))
        .routes(routes!(characters::get, characters::update, characters::delete))
}

/// Paths that answer for as long as there is something to tell.
pub(super) fn streams() -> OpenApiRouter<Api> {
    OpenApiRouter::default().routes(routes!(events::stream))
}
