//! `/v1/webhooks`: the servers of a project that are told what happens.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa::openapi::schema::ArrayBuilder;

use super::super::auth::Project;
use super::super::body::{JsonBody, NoBody};
use super::super::error::ApiError;
use super::super::fields::{Fields, NAME_CHARS_MAX};
use super::super::idempotency::{Attempt, once};
use super::super::openapi::params as shared;
use super::super::openapi::refusals::{BadBody, BadNothing, Conflicting, Invalid, NoSuch, Refused};
use super::super::openapi::schema::{self, Body, Nothing, described};
use super::super::page::Page;
use super::super::path::Path;
use super::super::query::Params;
use super::super::state::Api;
use crate::outbound::URL_CHARS_MAX;
use crate::rooms::webhooks::MadeWebhook;
use crate::rooms::webhooks::event::EventKind;
use crate::rooms::webhooks::record::{NewWebhook, Webhook, WebhookChange};

/// A webhook that was just made.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MadeWebhookAnswer {
    #[serde(flatten)]
    webhook: Webhook,
    /// What its deliveries are signed with. It is shown this once.
    secret: String,
}

impl From<MadeWebhook> for MadeWebhookAnswer {
    fn from(made: MadeWebhook) -> Self {
        Self {
            webhook: made.webhook,
            secret: made.secret,
        }
    }
}

/// How the document calls these paths.
pub(super) const TAG: &str = "Webhooks";

fn events_schema() -> ArrayBuilder {
    let kinds = EventKind::OFFERED.map(EventKind::as_str);
    schema::list(schema::choice(kinds).build(), kinds.len()).min_items(Some(1))
}

fn url_schema() -> utoipa::openapi::schema::ObjectBuilder {
    schema::filled(URL_CHARS_MAX)
        .pattern(Some(r"^https://[^\s\u0000-\u001f\u007f-\u009f]+$"))
        .description(Some("An https URL that leads to a public address."))
}

described!(
    /// See [`new_webhook`].
    NewWebhookBody,
    Body::new("A webhook to make.")
        .needs("url", "Where events are sent: an https URL of a public address.", url_schema())
        .may("description", "A note for people.", schema::nullable_name())
        .may("events", "What it is told; everything without it.", events_schema())
);

described!(
    /// See [`update`].
    WebhookChangeBody,
    Body::new("What to change; what is left out stays.")
        .may("url", "Where events are sent: an https URL of a public address.", url_schema())
        .may("description", "A note for people; null takes it away.", schema::nullable_name())
        .may("events", "What it is told.", events_schema())
        .may(
            "enabled",
            "Whether it is told anything. True also forgets its failures.",
            schema::boolean()
        )
);

/// Make a webhook. Its secret is answered this once.
#[utoipa::path(
    post,
    path = "/v1/webhooks",
    operation_id = "createWebhook",
    tag = TAG,
    security(("secret_key" = [])),
    params(shared::IdempotencyKey),
    request_body = NewWebhookBody,
    responses(
        (status = 201, description = "The webhook and its secret.", body = MadeWebhookAnswer),
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
    let new = new_webhook(body.fields)?;
    let attempt = Attempt {
        scope: format!("{project_id} POST /v1/webhooks"),
        headers,
        body: body.canonical,
    };
    let webhooks = api.webhooks.clone();
    once(&api, attempt, async move {
        let made = webhooks.create(&project_id, new).await?;
        Ok((StatusCode::CREATED, MadeWebhookAnswer::from(made)))
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

/// List webhooks, oldest first.
#[utoipa::path(
    get,
    path = "/v1/webhooks",
    operation_id = "listWebhooks",
    tag = TAG,
    security(("secret_key" = [])),
    params(shared::Page),
    responses(
        (status = 200, description = "All of them, or a page.", body = Vec<Webhook>, headers(
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
    let page = Page::read(&api, &project_id, "/v1/webhooks".into(), &mut params)?;
    params.finish()?;
    let webhooks = api.webhooks.list(&project_id, page.after(), page.fetch()).await?;
    Ok(page.answer(webhooks, |webhook| &webhook.seq))
}

/// Read a webhook.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{webhookId}",
    operation_id = "getWebhook",
    tag = TAG,
    security(("secret_key" = [])),
    params(("webhookId" = String, Path, description = "The webhook.")),
    responses((status = 200, description = "The webhook.", body = Webhook), Refused, NoSuch)
)]
pub(super) async fn get(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(id): Path<String>,
) -> Result<Json<Webhook>, ApiError> {
    Ok(Json(api.webhooks.get(&project_id, &id).await?))
}

/// Change a webhook.
#[utoipa::path(
    patch,
    path = "/v1/webhooks/{webhookId}",
    operation_id = "updateWebhook",
    tag = TAG,
    security(("secret_key" = [])),
    params(("webhookId" = String, Path, description = "The webhook.")),
    request_body = WebhookChangeBody,
    responses(
        (status = 200, description = "The webhook.", body = Webhook),
        Refused,
        NoSuch,
        BadBody,
    )
)]
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

/// Delete a webhook with its deliveries.
#[utoipa::path(
    delete,
    path = "/v1/webhooks/{webhookId}",
    operation_id = "deleteWebhook",
    tag = TAG,
    security(("secret_key" = [])),
    params(("webhookId" = String, Path, description = "The webhook.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The webhook as it was.", body = Webhook),
        Refused,
        NoSuch,
        BadNothing,
    )
)]
pub(super) async fn delete(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<Json<Webhook>, ApiError> {
    Ok(Json(api.webhooks.delete(&project_id, &id).await?))
}
