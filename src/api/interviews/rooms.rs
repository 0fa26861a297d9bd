//! `/custdev/api/interviews/rooms`: interviews in bulk, and how they went.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::auth::{KeyId, Project};
use super::super::body::JsonBody;
use super::super::error::ApiError;
use super::super::fields::{Fields, NAME_CHARS_MAX, TEXT_CHARS_MAX};
use super::super::idempotency::{Attempt, once};
use super::super::listing::Listing;
use super::super::path::Path;
use super::super::query::Params;
use super::super::state::Api;
use super::answer::{FollowedInterview, InterviewAnswer, Link};
use crate::rooms::id::random_base62;
use crate::rooms::interview::{
    COUNT_DEFAULT, COUNT_RANGE, DAYS_DEFAULT, DAYS_RANGE, Interview, MINUTES_DEFAULT, MINUTES_RANGE, NewLink,
    REALTIME_PROVIDERS,
};
use crate::rooms::room::Surface;
use crate::rooms::service::InterviewWish;

/// Characters of a respondent's token: 190 bits.
const TOKEN_CHARS: usize = 32;

/// Interviews.
#[derive(Serialize, ToSchema)]
pub(super) struct RoomsAnswer {
    /// In the order in which they were made, or newest first in a list.
    rooms: Vec<InterviewAnswer>,
}

/// What a body says.
struct Asked {
    research_project_id: String,
    count: u32,
    max_duration_minutes: u32,
    expires_in_days: u32,
    voice: Option<String>,
    realtime_provider: Option<String>,
    language: Option<String>,
    topics_for_respondent: Option<String>,
    respondent_email: Option<String>,
    research_goals_override: Option<String>,
    interview_guide_override: Option<String>,
}

impl Asked {
    fn read(mut fields: Fields) -> Result<Self, ApiError> {
        let asked = Self {
            research_project_id: fields.required_uuid("project_id")?,
            count: fields.whole("count", &COUNT_RANGE)?.unwrap_or(COUNT_DEFAULT),
            max_duration_minutes: fields
                .whole("max_duration_minutes", &MINUTES_RANGE)?
                .unwrap_or(MINUTES_DEFAULT),
            expires_in_days: fields
                .whole("expires_in_days", &DAYS_RANGE)?
                .unwrap_or(DAYS_DEFAULT),
            voice: fields.nullable_text("voice", NAME_CHARS_MAX)?,
            realtime_provider: realtime_provider(&mut fields)?,
            language: fields.language_tag("language")?,
            topics_for_respondent: fields.nullable_text("topics_for_respondent", TEXT_CHARS_MAX)?,
            respondent_email: fields.nullable_text("respondent_email", NAME_CHARS_MAX)?,
            research_goals_override: fields.nullable_text("research_goals_override", TEXT_CHARS_MAX)?,
            interview_guide_override: fields.nullable_text("interview_guide_override", TEXT_CHARS_MAX)?,
        };
        fields.finish()?;
        Ok(asked)
    }
}

fn realtime_provider(fields: &mut Fields) -> Result<Option<String>, ApiError> {
    let provider = fields.nullable_text("realtime_provider", NAME_CHARS_MAX)?;
    match provider {
        Some(unknown) if !REALTIME_PROVIDERS.contains(&unknown.as_str()) => {
            let known: Vec<String> = REALTIME_PROVIDERS
                .iter()
                .map(|name| format!("`{name}`"))
                .collect();
            Err(ApiError::invalid(
                "realtime_provider",
                format!("is not known; known are {}", known.join(", ")),
            ))
        }
        provider => Ok(provider),
    }
}

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

/// Newest first, of one research project with `project_id`, in pages.
pub(super) async fn list(
    State(api): State<Api>,
    Project(project_id): Project,
    mut params: Params,
) -> Result<Response, ApiError> {
    let research = params
        .text("project_id", NAME_CHARS_MAX)?
        .map(|text| {
            uuid::Uuid::parse_str(&text)
                .map(|id| id.hyphenated().to_string())
                .map_err(|_| ApiError::invalid("project_id", "must be a UUID"))
        })
        .transpose()?;
    let path = "/custdev/api/interviews/rooms";
    let path = match &research {
        Some(id) => format!("{path}?project_id={id}"),
        None => path.to_owned(),
    };
    let listing = Listing::read(&api, &path, &mut params)?;
    params.finish()?;
    if let Some(id) = &research {
        api.rooms.research_project(&project_id, id).await?;
    }
    let (interviews, now) = api
        .rooms
        .store
        .interviews(&project_id, research.as_deref(), listing.after(), listing.fetch())
        .await?;
    let (page, next) = listing.cut(interviews, |interview: &Interview| &interview.id);
    let rooms = page
        .into_iter()
        .map(|interview| InterviewAnswer::of(interview, now, None))
        .collect();
    Ok(next.with(&RoomsAnswer { rooms }))
}

pub(super) async fn get(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(id): Path<String>,
) -> Result<Json<FollowedInterview>, ApiError> {
    let (interview, now) = api.rooms.store.interview(&project_id, &id).await?;
    let transcript = api.rooms.store.entries(&id, None, None, "after").await?;
    let report = interview.report.clone();
    let answer = InterviewAnswer::of(interview, now, None);
    Ok(Json(answer.followed(transcript, report.as_deref())))
}
