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
use super::super::openapi::params as shared;
use super::super::openapi::refusals::{BadBody, Conflicting, Invalid, Refused};
use super::super::openapi::schema::{self, Body, described};
use super::super::page::Page;
use super::super::query::Params;
use super::super::state::Api;
use super::TAG;
use crate::rooms::interview::{ResearchProject, ResearchProjectRecord};

/// Research projects.
#[derive(Serialize, ToSchema)]
pub(super) struct ProjectsAnswer {
    /// Built-ins by name, then the project's own, oldest first.
    projects: Vec<ResearchProjectRecord>,
}

described!(
    /// See [`project`].
    NewResearchProjectBody,
    Body::new("A research project to make.")
        .needs("name", "Its name, for people.", schema::name())
        .needs(
            "research_goals",
            "What the interviews are to find out.",
            schema::filled(TEXT_CHARS_MAX),
        )
        .needs(
            "interview_guide",
            "The questions, in order.",
            schema::filled(TEXT_CHARS_MAX),
        )
        .may(
            "character_id",
            "The character that asks; the deployment chooses without it.",
            schema::nullable_name(),
        )
        .may(
            "language",
            "BCP 47 tag of the interviews' language; the character's without it.",
            schema::nullable_language(),
        )
);

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

/// Make a research project.
#[utoipa::path(
    post,
    path = "/custdev/api/projects",
    operation_id = "createResearchProject",
    tag = TAG,
    security(("secret_key" = [])),
    params(shared::IdempotencyKey),
    request_body = NewResearchProjectBody,
    responses(
        (status = 201, description = "The research project.", body = ResearchProjectRecord),
        Refused,
        BadBody,
        Conflicting,
    )
)]
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

/// List research projects: the deployment's by name, then the project's own, oldest first.
#[utoipa::path(
    get,
    path = "/custdev/api/projects",
    operation_id = "listResearchProjects",
    tag = TAG,
    security(("secret_key" = [])),
    params(shared::Page),
    responses(
        (status = 200, description = "All of them, or a page.", body = ProjectsAnswer, headers(
            ("Link" = Option<String>, description = "Where the next page is, if there is one.")
        )),
        Refused,
        Invalid,
    )
)]
pub(super) async fn list(
    State(api): State<Api>,
    Project(project_id): Project,
    mut params: Params,
) -> Result<Response, ApiError> {
    let page = Page::read(&api, &project_id, "/custdev/api/projects".into(), &mut params)?;
    params.finish()?;
    let mut projects = api.rooms.research_projects(&project_id).await?;
    page.skip(&mut projects, |record| &record.project.id, |record| &record.place)?;
    let next = page.next(&mut projects, |record| &record.place);
    Ok(next.answer(&ProjectsAnswer { projects }))
}
