//! The group-chat surface, `/chat/v1/…`.

mod caller;
mod cast;
mod me;
mod members;
mod messages;
mod params;
mod rooms;
mod sse;
mod wire;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::state::Api;

/// How the document calls this surface.
const TAG: &str = "Group chat";

/// Paths that answer at once.
pub(super) fn answers() -> OpenApiRouter<Api> {
    OpenApiRouter::default()
        .routes(routes!(me::get))
        .routes(routes!(rooms::list, rooms::create))
        .routes(routes!(rooms::get, rooms::update, rooms::replace, rooms::delete))
        .routes(routes!(members::add))
        .routes(routes!(members::appoint, members::remove))
        .routes(routes!(cast::add))
        .routes(routes!(cast::remove))
}

/// The path whose answer waits for language models.
pub(super) fn exchanges() -> OpenApiRouter<Api> {
    OpenApiRouter::default().routes(routes!(messages::list, messages::send))
}
