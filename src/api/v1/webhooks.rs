//! `/v1/webhooks`: the servers of a project that are told what happens.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;

use super::super::auth::Project;
use super::super::body::{JsonBody, NoBody};
use super::super::error::ApiError;
use super::super::fields::{Fields, NAME_CHARS_MAX};
use super::super::idempotency::{Attempt, once};
use super::super::path::Path;
use super::super::query::Params;
use super::super::state::Api;
use super::{PAGE_MAX, cut, page};
use crate::rooms::webhooks::MadeWebhook;
use crate::rooms::webhooks::destination::URL_CHARS_MAX;
use crate::rooms::webhooks::event::EventKind;
use crate::rooms::webhooks::record::{NewWebhook, Webhook, WebhookChange};

/// A webhook that was just made.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MadeAnswer {
    #[serde(flatten)]
    webhook: Webhook,
    /// What its deliveries are signed with. It is shown this once.
    secret: String,
}

impl From<MadeWebhook> for MadeAnswer {
    fn from(made: MadeWebhook) -> Self {
        Self {
            webhook: made.webhook,
            secret: made.secret,
        }
    }
}

/// Makes a webhook. Its secret is answered this once.
pub(super) async fn create(
    State(api): State<Api>,
    Project(project_id): Project,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, ApiError> {
    let new = new_webhook(body.fields)?;
    let attempt = Attempt {
        scope: format!("{project_id} POST /v1/webhooks"),
        headers,
        body: body.canonical,
    };
    let webhooks = api.webhooks.clone();
    once(&api, attempt, async move {
        let made = webhooks.create(&project_id, new).await?;
        Ok((StatusCode::CREATED, MadeAnswer::from(made)))
    })
    .await
}

fn new_webhook(mut fields: Fields) -> Result<NewWebhook, ApiError> {
    let new = NewWebhook {
        url: fields.required_text("url", URL_CHARS_MAX)?,
        description: fields.nullable_text("description", NAME_CHARS_MAX)?,
        events: events(&mut fields)?.unwrap_or_else(|| EventKind::OFFERED.to_vec()),
    };
    fields.finish()?;
    Ok(new)
}

/// The kinds of events that a body names, each once.
fn events(fields: &mut Fields) -> Result<Option<Vec<EventKind>>, ApiError> {
    const FIELD: &str = "events";
    let Some(names) = fields.texts(FIELD, EventKind::OFFERED.len(), NAME_CHARS_MAX)? else {
        return Ok(None);
    };
    let mut kinds = Vec::with_capacity(names.len());
    for name in names {
        let kind = EventKind::OFFERED
            .into_iter()
            .find(|kind| kind.as_str() == name)
            .ok_or_else(|| {
                let known = EventKind::OFFERED.map(EventKind::as_str).join("`, `");
                ApiError::invalid(FIELD, format!("must hold only `{known}`"))
            })?;
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    if kinds.is_empty() {
        return Err(ApiError::invalid(FIELD, "must not be empty"));
    }
    Ok(Some(kinds))
}

/// The project's webhooks, oldest first: all, or with `limit` a page after the webhook `after`.
pub(super) async fn list(
    State(api): State<Api>,
    Project(project_id): Project,
    mut params: Params,
) -> Result<Response, ApiError> {
    let limit = params.number("limit", 1..=PAGE_MAX)?;
    let after = params.text("after", NAME_CHARS_MAX)?;
    params.finish()?;
    let mut webhooks = api
        .webhooks
        .list(&project_id, after.as_deref(), limit.map(|limit| limit + 1))
        .await?;
    let next = cut(&mut webhooks, limit, |webhook| &webhook.id)
        .zip(limit)
        .map(|(after, limit)| format!("{}/v1/webhooks?limit={limit}&after={after}", api.public_url));
    Ok(page(&webhooks, next))
}

/// One webhook.
pub(super) async fn get(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(id): Path<String>,
) -> Result<Json<Webhook>, ApiError> {
    Ok(Json(api.webhooks.get(&project_id, &id).await?))
}

/// Changes the fields that the body names. `enabled: true` also forgets past failures.
pub(super) async fn update(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(id): Path<String>,
    body: JsonBody,
) -> Result<Json<Webhook>, ApiError> {
    let mut fields = body.fields;
    let described = fields.has("description");
    let change = WebhookChange {
        url: fields.filled_text("url", URL_CHARS_MAX)?,
        description: Some(fields.nullable_text("description", NAME_CHARS_MAX)?).filter(|_| described),
        events: events(&mut fields)?,
        enabled: fields.flag("enabled")?,
    };
    fields.finish()?;
    Ok(Json(api.webhooks.update(&project_id, &id, change).await?))
}

/// Deletes a webhook with its deliveries and answers it as it was.
pub(super) async fn delete(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<Json<Webhook>, ApiError> {
    Ok(Json(api.webhooks.delete(&project_id, &id).await?))
}
