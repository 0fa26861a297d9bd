//! The role-play surface, `/api/roleplay/…`: every answer says `success`.

mod create_room;
mod follow;
mod premades;
mod success;

use axum::Router;
use axum::routing::{get, post};
use serde::Serialize;
use utoipa::ToSchema;

use super::state::Api;

pub(super) use success::mark_failures;

pub(super) fn answers() -> Router<Api> {
    Router::new()
        .route("/api/roleplay/create-room", post(create_room::create))
        .route(
            "/api/roleplay/premade-roleplays",
            get(premades::list).post(premades::create),
        )
        .route("/api/roleplay/{roleplayId}", get(follow::get))
}

/// What every success looks like.
#[derive(Serialize, ToSchema)]
struct Success<T> {
    /// Always true.
    success: bool,
    /// What was asked for.
    data: T,
}

impl<T> Success<T> {
    fn of(data: T) -> Self {
        Self { success: true, data }
    }
}
