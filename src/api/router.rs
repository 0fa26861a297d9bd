//! All paths of the API, and their document.

use axum::middleware::from_fn;
use axum::{Extension, Router};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use super::error::ApiError;
use super::limits::{Bounded, Limits, tell};
use super::openapi::{self, Published};
use super::state::Api;
use super::{chat, health, interviews, live, livekit, pages, recordings, respondent, roleplay, v1, worker};

/// The API as one service.
pub fn router(api: Api) -> Router {
    let (routes, document) = surfaces(&api.limits).split_for_parts();
    let published = Published::new(&openapi::finished(document));
    routes
        .layer(Extension(published))
        .layer(from_fn(tell))
        .fallback(async || ApiError::not_found("path"))
        .method_not_allowed_fallback(async || ApiError::method_not_allowed())
        .layer(from_fn(live::reworded))
        .layer(from_fn(roleplay::mark_failures))
        .with_state(api)
}

/// The OpenAPI document of [`router`].
pub fn document() -> OpenApi {
    openapi::finished(surfaces(&Limits::default()).into_openapi())
}

fn surfaces(limits: &Limits) -> OpenApiRouter<Api> {
    let (projects, workers) = (Bounded::projects(limits), Bounded::workers(limits));
    OpenApiRouter::with_openapi(openapi::base())
        .merge(projects.around(v1::answers()))
        .merge(projects.around(chat::answers()))
        .merge(Bounded::exchanges(limits).around(chat::exchanges()))
        .merge(projects.around(roleplay::answers()))
        .merge(projects.around(interviews::answers()))
        .merge(projects.around(respondent::answers()))
        .merge(projects.around(pages::answers()))
        // A stream lasts as long as its room and has a bound of its own.
        .merge(v1::streams())
        .merge(projects.around(live::answers()))
        .merge(projects.around(livekit::answers()))
        .merge(workers.around(worker::answers()))
        // So does a download, of which the client sets the pace.
        .merge(recordings::downloads())
        .merge(health::answers())
        .merge(projects.around(openapi::answers()))
}
