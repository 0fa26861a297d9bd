//! `/v1/rooms/{roomId}/transcript`: everything said so far.

use axum::extract::State;
use axum::response::Response;

use super::super::auth::Project;
use super::super::error::ApiError;
use super::super::fields::NAME_CHARS_MAX;
use super::super::path::Path;
use super::super::query::Params;
use super::super::state::Api;
use super::{PAGE_MAX, cut, page};

/// In spoken order: all of it, or what follows the entry `after`, or a page of `limit` entries.
pub(super) async fn list(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(room_id): Path<String>,
    mut params: Params,
) -> Result<Response, ApiError> {
    let limit = params.number("limit", 1..=PAGE_MAX)?;
    let after = params.text("after", NAME_CHARS_MAX)?;
    params.finish()?;
    api.rooms.store.room(&project_id, &room_id).await?;
    let mut entries = api
        .rooms
        .store
        .entries(&room_id, after.as_deref(), limit.map(|limit| limit + 1), "after")
        .await?;
    let next = cut(&mut entries, limit, |entry| &entry.id)
        .zip(limit)
        .map(|(after, limit)| {
            format!(
                "{}/v1/rooms/{room_id}/transcript?limit={limit}&after={after}",
                api.public_url
            )
        });
    Ok(page(&entries, next))
}
