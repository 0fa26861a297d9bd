//! `webhooks` and `webhook_deliveries`.

use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::webhooks::event::EventKind;
use crate::rooms::webhooks::record::{Delivery, DeliveryStatus, DisabledReason, Webhook};

/// A webhook without what signs its deliveries.
#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct WebhookRow {
    seq: i64,
    id: String,
    project_id: String,
    url: String,
    description: Option<String>,
    events: String,
    created_at: Timestamp,
    updated_at: Timestamp,
    disabled_reason: Option<String>,
    failing_since: Option<Timestamp>,
}

impl WebhookRow {
    /// Column `events`: names with a space between them.
    pub(in crate::rooms::store) fn events(events: &[EventKind]) -> String {
        let names: Vec<&str> = events.iter().map(|event| event.as_str()).collect();
        names.join(" ")
    }
}

/// Whether column `events` names this kind.
pub(in crate::rooms::store) fn wants(events: &str, kind: EventKind) -> bool {
    events.split(' ').any(|name| name == kind.as_str())
}

impl TryFrom<WebhookRow> for Webhook {
    type Error = Error;

    fn try_from(row: WebhookRow) -> Result<Self, Error> {
        let events = row
            .events
            .split(' ')
            .map(EventKind::from_name)
            .collect::<Option<_>>()
            .ok_or(Error::Corrupt("webhook"))?;
        let disabled_reason = match &row.disabled_reason {
            None => None,
            Some(name) => Some(DisabledReason::from_name(name).ok_or(Error::Corrupt("webhook"))?),
        };
        Ok(Self {
            id: row.id,
            created_at: row.created_at,
            updated_at: row.updated_at,
            project_id: row.project_id,
            url: row.url,
            description: row.description,
            events,
            enabled: disabled_reason.is_none(),
            disabled_reason,
            failing_since: row.failing_since,
            seq: row.seq,
        })
    }
}

/// A delivery with its event's kind.
#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct DeliveryRow {
    seq: i64,
    id: String,
    webhook_id: String,
    event_id: String,
    kind: String,
    status: String,
    attempts: i64,
    next_at: Timestamp,
    created_at: Timestamp,
    last_at: Option<Timestamp>,
    response_status: Option<i64>,
    error: Option<String>,
    duration_ms: Option<i64>,
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = Error;

    fn try_from(row: DeliveryRow) -> Result<Self, Error> {
        let status = DeliveryStatus::from_name(&row.status).ok_or(Error::Corrupt("delivery"))?;
        Ok(Self {
            id: row.id,
            created_at: row.created_at,
            webhook_id: row.webhook_id,
            event_id: row.event_id,
            event_type: EventKind::from_name(&row.kind).ok_or(Error::Corrupt("delivery"))?,
            status,
            attempts: row.attempts,
            next_attempt_at: (status == DeliveryStatus::Pending).then_some(row.next_at),
            last_attempt_at: row.last_at,
            response_status: row.response_status,
            error: row.error,
            duration_ms: row.duration_ms,
            seq: row.seq,
        })
    }
}
