//! `/v1/rooms/{roomId}/transcript`: everything said so far.

use axum::extract::State;
use axum::response::Response;

use super::super::auth::Host;
use super::super::error::ApiError;
use super::super::openapi::params as shared;
use super::super::openapi::refusals::{Invalid, NoSuch, Refused};
use super::super::page::Page;
use super::super::path::Path;
use super::super::query::Params;
use super::super::state::Api;
use super::TAG;
use crate::rooms::transcript::Entry;

/// Read what was said so far, in spoken order.
#[utoipa::path(
    get,
    path = "/v1/rooms/{roomId}/transcript",
    operation_id = "getTranscript",
    tag = TAG,
    security(("secret_key" = []), ("page_token" = [])),
    params(("roomId" = String, Path, description = "The room."), shared::Page),
    responses(
        (status = 200, description = "All of it, or a page.", body = Vec<Entry>, headers(
            ("Link" = Option<String>, description = "Where the next page is, if there is one.")
        )),
        Refused,
        NoSuch,
        Invalid,
    )
)]
pub(super) async fn list(
    State(api): State<Api>,
    Host(project_id): Host,
    Path(room_id): Path<String>,
    mut params: Params,
) -> Result<Response, ApiError> {
    let page = Page::read(
        &api,
        &project_id,
        format!("/v1/rooms/{room_id}/transcript"),
        &mut params,
    )?;
    params.finish()?;
    api.rooms.store.check_room(&project_id, &room_id).await?;
    let entries = api
        .rooms
        .store
        .entries(&room_id, page.after(), page.fetch(), "after")
        .await?;
    Ok(page.answer(entries, |entry| &entry.seq))
}
