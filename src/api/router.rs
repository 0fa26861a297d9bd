//! All paths of the API, and their document.

use axum::middleware::from_fn;
use axum::{Extension, Router};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use super::error::ApiError;
use super::openapi::{self, Published};
use super::state::Api;
use super::{deadline, health, interviews, recordings, respondent, roleplay, v1, worker};

/// The API as one service.
pub fn router(api: Api) -> Router {
    let (routes, document) = surfaces().split_for_parts();
    let published = Published::new(&openapi::finished(document));
    routes
        .layer(Extension(published))
        .fallback(async || ApiError::not_found("path"))
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .layer(from_fn(roleplay::mark_failures))
        .with_state(api)
}

/// The OpenAPI document of [`router`].
pub fn document() -> OpenApi {
    openapi::finished(surfaces().into_openapi())
}

fn surfaces() -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(openapi::base())
        .merge(v1::answers().layer(from_fn(deadline::project)))
        .merge(roleplay::answers().layer(from_fn(deadline::project)))
        .merge(interviews::answers().layer(from_fn(deadline::project)))
        .merge(respondent::answers().layer(from_fn(deadline::project)))
        // A stream lasts as long as its room.
        .merge(v1::streams())
        // So does a download, of which the client sets the pace.
        .merge(recordings::downloads())
        .merge(worker::answers().layer(from_fn(deadline::worker)))
        .merge(health::answers())
        .merge(openapi::answers())
}
