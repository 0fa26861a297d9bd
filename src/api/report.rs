//! Reports of role-plays and interviews, as they are read and downloaded.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::IntoParams;
use utoipa::openapi::path::{Parameter, ParameterIn};

use super::error::ApiError;
use super::fields::NAME_CHARS_MAX;
use super::openapi::params;
use super::openapi::schema;
use super::query::Params;
use crate::reports::Report;
use crate::rooms::error::Error;

const NOT_READY: Error = Error::Conflict {
    code: "report_not_ready",
    message: "there is no report yet; it is written after the end of the talk",
};

/// `format` of a report, for the document.
pub(super) struct FormatParam;

impl IntoParams for FormatParam {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![params::query(
            "format",
            "`json`, also without it, or `markdown`.",
            schema::choice(["json", "markdown"]),
        )]
    }
}

/// How a report is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Markdown,
}

impl Format {
    /// Reads `format` and refuses everything else.
    pub(super) fn read(mut params: Params) -> Result<Self, ApiError> {
        let format = match params.text("format", NAME_CHARS_MAX)?.as_deref() {
            None | Some("json") => Self::Json,
            Some("markdown") => Self::Markdown,
            Some(_) => return Err(ApiError::invalid("format", "must be `json` or `markdown`")),
        };
        params.finish()?;
        Ok(format)
    }
}

/// The report as it is kept, if there is one by now.
pub(super) fn kept(text: Option<&str>) -> Result<Report, ApiError> {
    let text = text.ok_or(NOT_READY)?;
    Ok(serde_json::from_str(text).map_err(|_| Error::Corrupt("report"))?)
}

/// The report as a file. The id is a UUID: nothing in it has to be escaped.
pub(super) fn markdown(id: &str, report: &Report) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/markdown; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"report-{id}.md\""),
        ),
    ];
    (headers, report.markdown()).into_response()
}
