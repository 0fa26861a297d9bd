//! `GET /healthz`: whether requests can be answered.

use axum::extract::State;
use axum::http::StatusCode;

use super::state::Api;

pub(super) async fn get(State(api): State<Api>) -> (StatusCode, &'static str) {
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
