//! `/api/roleplay/premade-roleplays`: the deployment's, and the project's own.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::super::auth::Project;
use super::super::body::JsonBody;
use super::super::error::ApiError;
use super::super::fields::{Fields, NAME_CHARS_MAX, TEXT_CHARS_MAX};
use super::super::idempotency::{Attempt, once};
use super::super::listing::Listing;
use super::super::query::Params;
use super::super::state::Api;
use super::Success;
use crate::rooms::roleplay::{CRITERIA_MAX, Criterion, MINUTES_DEFAULT, MINUTES_MAX, Premade};

/// Weight of a criterion when nothing is said.
const WEIGHT: f64 = 1.0;

fn premade(mut fields: Fields) -> Result<Premade, ApiError> {
    let premade = Premade {
        id: uuid::Uuid::new_v4().to_string(),
        name: fields.required_text("name", NAME_CHARS_MAX)?,
        description: fields
            .nullable_text("description", TEXT_CHARS_MAX)?
            .unwrap_or_default(),
        scenario: fields.required_text("scenario", TEXT_CHARS_MAX)?,
        character_id: fields.required_text("characterId", NAME_CHARS_MAX)?,
        character_opens: fields.bool("characterOpens")?.unwrap_or_default(),
        language: fields.language_tag("language")?,
        max_duration_minutes: fields
            .whole("maxDurationMinutes", &(1..=MINUTES_MAX))?
            .unwrap_or(MINUTES_DEFAULT),
        rubric: fields
            .objects("rubric", CRITERIA_MAX)?
            .unwrap_or_default()
            .into_iter()
            .map(criterion)
            .collect::<Result<_, _>>()?,
    };
    fields.finish()?;
    Ok(premade)
}

fn criterion(mut fields: Fields) -> Result<Criterion, ApiError> {
    let criterion = Criterion {
        name: fields.required_text("name", NAME_CHARS_MAX)?,
        description: fields
            .nullable_text("description", TEXT_CHARS_MAX)?
            .unwrap_or_default(),
        weight: fields.number("weight", 0.0..=100.0)?.unwrap_or(WEIGHT),
    };
    fields.finish()?;
    Ok(criterion)
}

pub(super) async fn create(
    State(api): State<Api>,
    Project(project_id): Project,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let premade = premade(body.fields)?;
    let attempt = Attempt {
        scope: format!("{project_id} POST /api/roleplay/premade-roleplays"),
        headers,
        body: body.canonical,
    };
    let rooms = api.rooms.clone();
    once(&api, attempt, async move {
        let record = rooms.create_premade(&project_id, premade).await?;
        Ok((StatusCode::CREATED, Success::of(record)))
    })
    .await
}

/// Built-ins by name, then the project's own, oldest first: all, or with `limit` a page after `after`.
pub(super) async fn list(
    State(api): State<Api>,
    Project(project_id): Project,
    mut params: Params,
) -> Result<Response, ApiError> {
    let listing = Listing::read(&api, "/api/roleplay/premade-roleplays", &mut params)?;
    params.finish()?;
    let all = api.rooms.premades(&project_id).await?;
    let (page, next) = listing.cut_whole(all, |record| &record.premade.id)?;
    Ok(next.with(&Success::of(page)))
}
