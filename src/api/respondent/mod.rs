//! The respondent's link, `/i/{access_token}`: a page, and what it asks behind the same token.
//!
//! The token in the path is the only credential; no API key reaches a browser.

mod assets;
mod join;
mod page;

use axum::Router;
use axum::routing::{get, post};

use super::state::Api;

pub(super) fn answers() -> Router<Api> {
    Router::new()
        .route("/i/{accessToken}", get(page::show))
        .route("/i/{accessToken}/join", post(join::join))
        .route("/i/{accessToken}/end", post(join::end))
        .route("/assets/{file}", get(assets::file))
}
