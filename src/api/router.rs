//! All paths of the API.

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;

use super::error::ApiError;
use super::state::Api;
use super::{deadline, health, interviews, respondent, roleplay, v1, worker};

/// The API as one service.
pub fn router(api: Api) -> Router {
    Router::new()
        .merge(v1::answers().layer(from_fn(deadline::project)))
        .merge(roleplay::answers().layer(from_fn(deadline::project)))
        .merge(interviews::answers().layer(from_fn(deadline::project)))
        .merge(respondent::answers().layer(from_fn(deadline::project)))
        // A stream lasts as long as its room.
        .merge(v1::streams())
        .merge(worker::answers().layer(from_fn(deadline::worker)))
        .route("/healthz", get(health::get))
        .fallback(async || ApiError::not_found("path"))
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .layer(from_fn(roleplay::mark_failures))
        .with_state(api)
}
