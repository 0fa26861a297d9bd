//! `/custdev/api/projects`: research projects, the deployment's and the project's own.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::auth::Project;
use super::super::body::JsonBody;
use super::super::error::ApiError;
use super::super::fields::{Fields, NAME_CHARS_MAX, TEXT_CHARS_MAX};
use super::super::idempotency::{Attempt, once};
use super::super::listing::Listing;
use super::super::query::Params;
use super::super::state::Api;
use crate::rooms::interview::{ResearchProject, ResearchProjectRecord};

/// Research projects.
#[derive(Serialize, ToSchema)]
pub(super) struct ProjectsAnswer {
    /// Built-ins by name, then the project's own, oldest first.
    projects: Vec<ResearchProjectRecord>,
}

fn project(mut fields: Fields) -> Result<ResearchProject, ApiError> {
    let project = ResearchProject {
        id: uuid::Uuid::new_v4().to_string(),
        name: fields.required_text("name", NAME_CHARS_MAX)?,
        research_goals: fields.required_text("research_goals", TEXT_CHARS_MAX)?,
        interview_guide: fields.required_text("interview_guide", TEXT_CHARS_MAX)?,
        character_id: fields.nullable_text("character_id", NAME_CHARS_MAX)?,
        language: fields.language_tag("language")?,
    };
    fields.finish()?;
    Ok(project)
}

pub(super) async fn create(
    State(api): State<Api>,
    Project(project_id): Project,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let project = project(body.fields)?;
    let attempt = Attempt {
        scope: format!("{project_id} POST /custdev/api/projects"),
        headers,
        body: body.canonical,
    };
    let rooms = api.rooms.clone();
    once(&api, attempt, async move {
        let record = rooms.create_research_project(&project_id, project).await?;
        Ok((StatusCode::CREATED, record))
    })
    .await
}

/// All, or with `limit` a page after `after`.
pub(super) async fn list(
    State(api): State<Api>,
    Project(project_id): Project,
    mut params: Params,
) -> Result<Response, ApiError> {
    let listing = Listing::read(&api, "/custdev/api/projects", &mut params)?;
    params.finish()?;
    let all = api.rooms.research_projects(&project_id).await?;
    let (projects, next) = listing.cut_whole(all, |record| &record.project.id)?;
    Ok(next.with(&ProjectsAnswer { projects }))
}
