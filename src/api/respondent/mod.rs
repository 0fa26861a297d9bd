//! The respondent's link, `/i/{accessToken}`: a page, and what it asks behind the same token.
//!
//! The token in the path is the only credential; no API key reaches a browser.

mod join;
mod page;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::state::Api;

/// How the document calls this surface.
const TAG: &str = "Respondent's page";

pub(super) fn answers() -> OpenApiRouter<Api> {
    OpenApiRouter::default()
        .routes(routes!(page::show))
        .routes(routes!(join::join))
        .routes(routes!(join::end))
}
