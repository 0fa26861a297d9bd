//! `GET /custdev/api/interviews/rooms/{interviewId}/report`: the summary along the guide, as JSON or as a document.

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
use super::TAG;
use crate::reports::Report;

/// Read the report of an interview, or download it; it is there some seconds after the end.
#[utoipa::path(
    get,
    path = "/custdev/api/interviews/rooms/{interviewId}/report",
    operation_id = "getInterviewReport",
    tag = TAG,
    security(("secret_key" = [])),
    params(("interviewId" = String, Path, description = "The interview."), FormatParam),
    responses(
        (status = 200, description = "The report.", content(
            (Report = "application/json"),
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
    let (interview, _) = api.rooms.store.interview(&project_id, &id).await?;
    let report = kept(interview.report.as_deref())?;
    Ok(match format {
        Format::Json => Json(report).into_response(),
        Format::Markdown => markdown(&interview.id, &report),
    })
}
