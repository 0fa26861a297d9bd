//! The interviews surface, `/custdev/api/…`.

mod answer;
mod projects;
mod rooms;

use axum::Router;
use axum::routing::get;

use super::state::Api;

pub(super) fn answers() -> Router<Api> {
    Router::new()
        .route(
            "/custdev/api/interviews/rooms",
            get(rooms::list).post(rooms::create),
        )
        .route("/custdev/api/interviews/rooms/{id}", get(rooms::get))
        .route(
            "/custdev/api/projects",
            get(projects::list).post(projects::create),
        )
}
