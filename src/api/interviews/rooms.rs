//! `/custdev/api/interviews/rooms`: interviews in bulk, and how they went.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::{IntoParams, ToSchema};

use super::super::auth::{KeyId, Project};
use super::super::body::JsonBody;
use super::super::error::ApiError;
use super::super::fields::{NAME_CHARS_MAX, parse_uuid};
use super::super::idempotency::{Attempt, once};
use super::super::openapi::params as shared;
use super::super::openapi::refusals::{BadBody, Conflicting, Invalid, NoSuch, Refused};
use super::super::openapi::schema;
use super::super::page::Page;
use super::super::path::Path;
use super::super::query::Params;
use super::super::recordings::recordings_of;
use super::super::state::Api;
use super::TAG;
use super::answer::{FollowedInterview, InterviewAnswer, Link};
use super::asked::{Asked, NewInterviewsBody};
use crate::rooms::id::random_base62;
use crate::rooms::interview::{Interview, NewLink};
use crate::rooms::list::After;
use crate::rooms::room::Surface;
use crate::rooms::service::InterviewWish;

/// Interviews of a page when nothing is said.
const PAGE: u32 = 100;
/// Characters of a respondent's token: 190 bits.
const TOKEN_CHARS: usize = 32;

/// Interviews.
#[derive(Serialize, ToSchema)]
pub(super) struct RoomsAnswer {
    /// In the order in which they were made, or newest first in a list.
    rooms: Vec<InterviewAnswer>,
}

/// Make interviews: all of them or none. Each has a link that is shown this once.
#[utoipa::path(
    post,
    path = "/custdev/api/interviews/rooms",
    operation_id = "createInterviews",
    tag = TAG,
    security(("secret_key" = [])),
    params(shared::IdempotencyKey),
    request_body = NewInterviewsBody,
    responses(
        (status = 201, description = "The interviews.", body = RoomsAnswer),
        Refused,
        NoSuch,
        BadBody,
        Conflicting,
    )
)]
pub(super) async fn create(
    State(api): State<Api>,
    Project(project_id): Project,
    KeyId(created_by): KeyId,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let asked = Asked::read(body.fields)?;
    let attempt = Attempt {
        scope: format!("{project_id} POST /custdev/api/interviews/rooms"),
        headers,
        body: body.canonical,
    };
    let inner = api.clone();
    once(&api, attempt, async move {
        let rooms = make(&inner, &project_id, created_by, asked).await?;
        Ok((StatusCode::CREATED, RoomsAnswer { rooms }))
    })
    .await
}

async fn make(
    api: &Api,
    project_id: &str,
    created_by: String,
    asked: Asked,
) -> Result<Vec<InterviewAnswer>, ApiError> {
    let project = api
        .rooms
        .research_project(project_id, &asked.research_project_id)
        .await?;
    let tokens: Vec<String> = (0..asked.count).map(|_| random_base62(TOKEN_CHARS)).collect();
    let links = tokens.iter().map(|token| NewLink {
        id: Surface::Interview.new_room_id(),
        token_hash: api.secret.hash(token),
    });
    let wish = InterviewWish {
        project,
        max_duration_minutes: asked.max_duration_minutes,
        expires_in_days: asked.expires_in_days,
        voice: asked.voice,
        realtime_provider: asked.realtime_provider,
        language: asked.language,
        topics_for_respondent: asked.topics_for_respondent,
        respondent_email: asked.respondent_email,
        research_goals_override: asked.research_goals_override,
        interview_guide_override: asked.interview_guide_override,
        created_by,
        links: links.collect(),
    };
    let made = api.rooms.create_interviews(project_id, wish).await?;
    let answers = made.into_iter().zip(tokens).map(|(interview, access_token)| {
        let now = interview.created_at;
        let link = Link {
            url: format!("{}/i/{access_token}", api.public_url),
            access_token,
        };
        InterviewAnswer::of(interview, now, Some(link))
    });
    Ok(answers.collect())
}

/// `project_id` of the list.
struct OfProject;

impl IntoParams for OfProject {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        vec![shared::query(
            "project_id",
            "The research project whose interviews to list; all without it.",
            schema::uuid(),
        )]
    }
}

/// List interviews, newest first, in pages of 100 unless `limit` says otherwise.
#[utoipa::path(
    get,
    path = "/custdev/api/interviews/rooms",
    operation_id = "listInterviews",
    tag = TAG,
    security(("secret_key" = [])),
    params(OfProject, shared::Page),
    responses(
        (status = 200, description = "A page of them.", body = RoomsAnswer, headers(
            ("Link" = Option<String>, description = "Where the next page is, if there is one.")
        )),
        Refused,
        NoSuch,
        Invalid,
    )
)]
pub(super) async fn list(
    State(api): State<Api>,
    Project(project_id): Project,
    mut params: Params,
) -> Result<Response, ApiError> {
    let research = params
        .text("project_id", NAME_CHARS_MAX)?
        .map(|text| parse_uuid("project_id", &text))
        .transpose()?;
    let path = "/custdev/api/interviews/rooms";
    let path = match &research {
        Some(id) => format!("{path}?project_id={id}"),
        None => path.to_owned(),
    };
    let page = Page::read(&api, &project_id, path, &mut params)?.of_at_most(PAGE);
    params.finish()?;
    if let Some(id) = &research {
        api.rooms.research_project(&project_id, id).await?;
    }
    let (mut interviews, now) = api
        .rooms
        .store
        .interviews(
            &project_id,
            research.as_deref(),
            page.after(),
            page.fetch().unwrap_or(PAGE),
        )
        .await?;
    let next = page.next(&mut interviews, |interview: &Interview| &interview.seq);
    let rooms = interviews
        .into_iter()
        .map(|interview| InterviewAnswer::of(interview, now, None))
        .collect();
    Ok(next.answer(&RoomsAnswer { rooms }))
}

/// Follow an interview: its status, transcript, report and recordings.
#[utoipa::path(
    get,
    path = "/custdev/api/interviews/rooms/{interviewId}",
    operation_id = "getInterview",
    tag = TAG,
    security(("secret_key" = [])),
    params(("interviewId" = String, Path, description = "The interview.")),
    responses((status = 200, description = "The interview.", body = FollowedInterview), Refused, NoSuch)
)]
pub(super) async fn get(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(id): Path<String>,
) -> Result<Json<FollowedInterview>, ApiError> {
    let (interview, now) = api.rooms.store.interview(&project_id, &id).await?;
    let transcript = api
        .rooms
        .store
        .entries(&id, After::Nothing, None, "after")
        .await?;
    let report = interview.report.clone();
    let recordings = recordings_of(&api, &id, now).await?;
    let answer = InterviewAnswer::of(interview, now, None);
    Ok(Json(answer.followed(transcript, report.as_deref(), recordings)))
}
