//! `GET /healthz`: whether requests can be answered.

use axum::extract::State;
use axum::http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::state::Api;

/// The path.
pub(super) fn answers() -> OpenApiRouter<Api> {
    OpenApiRouter::default().routes(routes!(get))
}

/// Whether requests can be answered.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "getHealth",
    tag = "Server",
    responses(
        (status = 200, description = "They can.", body = String, content_type = "text/plain"),
        (status = 503, description = "They can't: the word says why.", body = String, content_type = "text/plain"),
    )
)]
async fn get(State(api): State<Api>) -> (StatusCode, &'static str) {
    if api.shutdown.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match api.rooms.store.ping().await {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(error) => {
            tracing::error!(%error, "check the database");
            (StatusCode::SERVICE_UNAVAILABLE, "database\n")
        }
    }
}
