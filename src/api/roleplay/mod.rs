//! The role-play surface, `/api/roleplay/…`: every answer says `success`.

mod create_room;
mod follow;
mod premades;
mod report;
mod success;

use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::state::Api;

pub(super) use success::mark_failures;

/// How the document calls this surface.
const TAG: &str = "Role-play";

pub(super) fn answers() -> OpenApiRouter<Api> {
    OpenApiRouter::default()
        .routes(routes!(create_room::create))
        .routes(routes!(premades::list, premades::create))
        .routes(routes!(follow::get))
        .routes(routes!(report::get))
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
