//! `GET /api/roleplay/{roleplayId}/report`: the report by the rubric, as JSON or as a document.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use super::super::auth::Project;
use super::super::error::ApiError;
use super::super::openapi::refusals::{Conflicting, Invalid, NoSuch, Refused};
use super::super::path::Path;
use super::super::query::Params;
use super::super::report::{Format, FormatParam, kept, markdown};
use super::super::state::Api;
use super::{Success, TAG};
use crate::reports::Report;

/// Read the report of a role-play, or download it; it is there some seconds after the end.
#[utoipa::path(
    get,
    path = "/api/roleplay/{roleplayId}/report",
    operation_id = "getRoleplayReport",
    tag = TAG,
    security(("secret_key" = [])),
    params(("roleplayId" = String, Path, description = "The role-play."), FormatParam),
    responses(
        (status = 200, description = "The report.", content(
            (Success<Report> = "application/json"),
            (String = "text/markdown"),
        )),
        Refused,
        NoSuch,
        Invalid,
        Conflicting,
    )
)]
pub(super) async fn get(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(id): Path<String>,
    params: Params,
) -> Result<Response, ApiError> {
    let format = Format::read(params)?;
    let roleplay = api.rooms.store.roleplay(&project_id, &id).await?;
    let report = kept(roleplay.report.as_deref())?;
    Ok(match format {
        Format::Json => Json(Success::of(report)).into_response(),
        Format::Markdown => markdown(&roleplay.id, &report),
    })
}
