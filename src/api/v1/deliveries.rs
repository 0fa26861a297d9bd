//! `/v1/webhooks/{webhookId}/deliveries` and `…/test`: what became of events on their way.

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use super::super::auth::Project;
use super::super::body::NoBody;
use super::super::error::ApiError;
use super::super::fields::NAME_CHARS_MAX;
use super::super::path::Path;
use super::super::query::Params;
use super::super::state::Api;
use super::{PAGE_MAX, cut, page};
use crate::rooms::webhooks::record::Delivery;

/// Deliveries of a page when nothing is said: the log has no end that one would want at once.
const PAGE_DEFAULT: u32 = 100;

/// A webhook's deliveries of the last seven days, newest first, in pages.
pub(super) async fn list(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(id): Path<String>,
    mut params: Params,
) -> Result<Response, ApiError> {
    let limit = params.number("limit", 1..=PAGE_MAX)?.unwrap_or(PAGE_DEFAULT);
    let after = params.text("after", NAME_CHARS_MAX)?;
    params.finish()?;
    let mut deliveries = api
        .webhooks
        .deliveries(&project_id, &id, after.as_deref(), limit + 1)
        .await?;
    let next = cut(&mut deliveries, Some(limit), |delivery| &delivery.id).map(|after| {
        format!(
            "{}/v1/webhooks/{id}/deliveries?limit={limit}&after={after}",
            api.public_url
        )
    });
    Ok(page(&deliveries, next))
}

/// Sends a `webhook.test` event now, once, and answers what came of it.
pub(super) async fn test(
    State(api): State<Api>,
    Project(project_id): Project,
    Path(id): Path<String>,
    _: NoBody,
) -> Result<Json<Delivery>, ApiError> {
    Ok(Json(api.webhooks.test(&project_id, &id).await?))
}
