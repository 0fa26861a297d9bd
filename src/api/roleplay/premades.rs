//! `/api/roleplay/premade-roleplays`: the deployment's, and the project's own.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

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
use super::{Success, TAG};
use crate::protocol::Ambience;
use crate::rooms::roleplay::{CRITERIA_MAX, Criterion, MINUTES_DEFAULT, MINUTES_MAX, Premade, PremadeRecord};

/// Weight of a criterion when nothing is said.
const WEIGHT: f64 = 1.0;
/// How much a criterion may count.
const WEIGHTS: std::ops::RangeInclusive<f64> = 0.0..=100.0;
/// How long a role-play may last, minutes.
const MINUTES: std::ops::RangeInclusive<u32> = 1..=MINUTES_MAX;

described!(
    /// See [`premade`].
    NewPremadeBody,
    Body::new("A role-play to prepare.")
        .needs("name", "Its name, for people.", schema::name())
        .may("description", "What it trains.", schema::nullable_text())
        .needs(
            "scenario",
            "The situation as the character knows it.",
            schema::filled(TEXT_CHARS_MAX),
        )
        .needs("characterId", "Who plays the other side.", schema::name())
        .may(
            "characterOpens",
            "Whether the character speaks first; false without it.",
            schema::boolean(),
        )
        .may(
            "language",
            "BCP 47 tag that takes the place of the character's language.",
            schema::nullable_language(),
        )
        .may(
            "ambience",
            "What its place sounds like; nothing is heard of it without.",
            schema::ambience(),
        )
        .may(
            "maxDurationMinutes",
            "Time after which it ends by itself; 60 without it.",
            schema::whole(&MINUTES),
        )
        .may(
            "rubric",
            "What the person is scored on.",
            schema::list(criterion_schema(), CRITERIA_MAX),
        )
);

fn criterion_schema() -> Body {
    Body::new("One thing that the person is scored on.")
        .needs("name", "Its name.", schema::name())
        .may("description", "What good looks like.", schema::nullable_text())
        .may(
            "weight",
            "How much it counts beside the others; 1 without it.",
            schema::number(&WEIGHTS),
        )
}

fn premade(mut fields: Fields) -> Result<Premade, ApiError> {
    let premade = Premade {
        id: uuid::Uuid::new_v4().to_string(),
        name: fields.required_text("name", NAME_CHARS_MAX)?,
        description: fields
            .nullable_text("description", TEXT_CHARS_MAX)?
            .unwrap_or_default(),
        scenario: fields.required_text("scenario", TEXT_CHARS_MAX)?,
        character_id: fields.required_text("characterId", NAME_CHARS_MAX)?,
        character_opens: fields.flag("characterOpens")?.unwrap_or_default(),
        language: fields.language_tag("language")?,
        ambience: fields.choice("ambience", &Ambience::WORDS)?,
        max_duration_minutes: fields
            .whole("maxDurationMinutes", &MINUTES)?
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
        weight: fields.number("weight", WEIGHTS)?.unwrap_or(WEIGHT),
    };
    fields.finish()?;
    Ok(criterion)
}

/// Prepare a role-play of the project's own.
#[utoipa::path(
    post,
    path = "/api/roleplay/premade-roleplays",
    operation_id = "createPremadeRoleplay",
    tag = TAG,
    security(("secret_key" = [])),
    params(shared::IdempotencyKey),
    request_body = NewPremadeBody,
    responses(
        (status = 201, description = "The premade role-play.", body = Success<PremadeRecord>),
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

/// List premade role-plays: the deployment's by name, then the project's own, oldest first.
#[utoipa::path(
    get,
    path = "/api/roleplay/premade-roleplays",
    operation_id = "listPremadeRoleplays",
    tag = TAG,
    security(("secret_key" = [])),
    params(shared::Page),
    responses(
        (status = 200, description = "All of them, or a page.", body = Success<Vec<PremadeRecord>>, headers(
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
    let path = "/api/roleplay/premade-roleplays".to_owned();
    let page = Page::read(&api, &project_id, path, &mut params)?;
    params.finish()?;
    let mut premades = api.rooms.premades(&project_id).await?;
    page.skip(&mut premades, |record| &record.premade.id, |record| &record.place)?;
    let next = page.next(&mut premades, |record| &record.place);
    Ok(next.answer(&Success::of(premades)))
}
