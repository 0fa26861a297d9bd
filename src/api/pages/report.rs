//! What comes of a role-play's or an interview's room, for the operator's page.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::auth::Host;
use super::super::error::ApiError;
use super::super::openapi::refusals::{Conflicting, NoSuch, Refused};
use super::super::path::Path;
use super::super::report::kept;
use super::super::state::Api;
use super::TAG;
use crate::reports::Report;
use crate::rooms::error::Error;

/// A report, both ways.
#[derive(Serialize, ToSchema)]
pub(super) struct PageReport {
    /// As data.
    report: Report,
    /// As a document.
    markdown: String,
}

/// Read the report of a role-play's or an interview's room.
#[utoipa::path(
    get,
    path = "/pages/rooms/{roomId}/report",
    operation_id = "getRoomReport",
    tag = TAG,
    security(("secret_key" = []), ("page_token" = [])),
    params(("roomId" = String, Path, description = "The room.")),
    responses(
        (status = 200, description = "The report.", body = PageReport),
        Refused,
        NoSuch,
        Conflicting,
    )
)]
pub(super) async fn get(
    State(api): State<Api>,
    Host(project_id): Host,
    Path(id): Path<String>,
) -> Result<Json<PageReport>, ApiError> {
    let store = &api.rooms.store;
    let text = match store.roleplay(&project_id, &id).await {
        Ok(roleplay) => roleplay.report,
        Err(Error::NotFound(_)) => store.interview(&project_id, &id).await?.0.report,
        Err(error) => return Err(error.into()),
    };
    let report = kept(text.as_deref())?;
    let markdown = report.markdown();
    Ok(Json(PageReport { report, markdown }))
}
