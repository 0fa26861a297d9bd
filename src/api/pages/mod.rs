//! Pages for a browser: the stage at `/`, the operator's page, what opens them, and the files of all pages.
//!
//! No API key reaches a browser: a one-time link gives a token that opens what the pages need, for a day.

mod assets;
mod html;
mod operator;
mod pass;
mod report;
mod stage;
mod turns;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::state::Api;

pub(super) use assets::Assets;
pub(super) use html::page;

/// How the document calls these paths.
const TAG: &str = "Pages";

pub(super) fn answers() -> OpenApiRouter<Api> {
    OpenApiRouter::default()
        .routes(routes!(stage::show))
        .routes(routes!(operator::show))
        .routes(routes!(operator::list))
        .routes(routes!(report::get))
        .routes(routes!(turns::list))
        .routes(routes!(pass::open))
        .routes(routes!(assets::file))
}
