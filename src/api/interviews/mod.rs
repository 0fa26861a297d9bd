//! The interviews surface, `/custdev/api/…`.

mod answer;
mod asked;
mod projects;
mod report;
mod rooms;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::state::Api;

/// How the document calls this surface.
const TAG: &str = "Interviews";

pub(super) fn answers() -> OpenApiRouter<Api> {
    OpenApiRouter::default()
        .routes(routes!(rooms::list, rooms::create))
        .routes(routes!(rooms::get))
        .routes(routes!(report::get))
        .routes(routes!(projects::list, projects::create))
}
