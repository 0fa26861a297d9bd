//! `/v1/webhooks/{webhookId}/deliveries` and `…/test`: what became of events on their way.

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use super::super::auth::Project;
use super::super::body::NoBody;
use super::super::error::ApiError;
use super::super::openapi::params as shared;
use super::super::openapi::refusals::{BadNothing, Invalid, NoSuch, Refused};
use super::super::openapi::schema::Nothing;
use super::super::page::Page;
use super::super::path::Path;
use super::super::query::Params;
use super::super::state::Api;
use super::webhooks::TAG;
use crate::rooms::webhooks::record::Delivery;

/// Deliveries of a page when nothing is said: the log has no end that one would want at once.
const PAGE_DEFAULT: u32 = 100;

/// List a webhook's deliveries of the last seven days, newest first. Without `limit` it is a page as well.
#[utoipa::path(
    get,
    path = "/v1/webhooks/{webhookId}/deliveries",
    operation_id = "listDeliveries",
    tag = TAG,
    security(("secret_key" = [])),
    params(("webhookId" = String, Path, description = "The webhook."), shared::Page),
    responses(
        (status = 200, description = "A page.", body = Vec<Delivery>, headers(
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
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Response, ApiError> {
    let path = format!("/v1/webhooks/{id}/deliveries");
    let page = Page::read(&api, &project_id, path, &mut params)?.of_at_most(PAGE_DEFAULT);
    params.finish()?;
    let deliveries = api
        .webhooks
        .deliveries(&project_id, &id, page.after(), page.fetch())
        .await?;
    Ok(page.answer(deliveries, |delivery| &delivery.seq))
}

/// Send a `webhook.test` event now, once, and answer what came of it.
#[utoipa::path(
    post,
    path = "/v1/webhooks/{webhookId}/test",
    operation_id = "testWebhook",
    tag = TAG,
    security(("secret_key" = [])),
    params(("webhookId" = String, Path, description = "The webhook.")),
    request_body = Nothing,
    responses(
        (status = 200, description = "The delivery.", body = Delivery),
        Refused,
        NoSuch,
        BadNothing,
    )
)]
pub(super) async fn test(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<Json<Delivery>, ApiError> {
    Ok(Json(api.webhooks.test(&project_id, &id).await?))
}
