//! Webhooks and their deliveries as the API shows them.

use serde::Serialize;
use utoipa::ToSchema;

use super::event::EventKind;
use crate::rooms::Timestamp;

/// Webhooks that a project may have; one more is a conflict.
pub const WEBHOOKS_MAX: i64 = 20;

/// A server of a project that is told what happens.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Webhook {
    /// `wh_…`.
    pub id: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// `project_…`.
    pub project_id: String,
    /// Where events are sent.
    pub url: String,
    /// A note for people.
    #[schema(required = true)]
    pub description: Option<String>,
    /// What it is told.
    pub events: Vec<EventKind>,
    /// Whether it is told anything now.
    pub enabled: bool,
    /// Why it is told nothing.
    #[schema(required = true)]
    pub disabled_reason: Option<DisabledReason>,
    /// Since when no delivery arrived; `None` when the last one did.
    #[schema(required = true)]
    pub failing_since: Option<Timestamp>,
    /// Position in the database.
    #[serde(skip)]
    pub seq: i64,
}

/// What a new webhook is made of.
#[derive(Debug, Clone)]
pub struct NewWebhook {
    /// Where events are sent.
    pub url: String,
    /// A note for people, up to 200 characters.
    pub description: Option<String>,
    /// What it is told.
    pub events: Vec<EventKind>,
}

/// What is changed of a webhook; what is missing stays.
#[derive(Debug, Clone, Default)]
pub struct WebhookChange {
    /// Where events are sent.
    pub url: Option<String>,
    /// A note for people; `Some(None)` takes it away.
    pub description: Option<Option<String>>,
    /// What it is told.
    pub events: Option<Vec<EventKind>>,
    /// Whether it is told anything. Enabling it forgets its failures.
    pub enabled: Option<bool>,
}

impl WebhookChange {
    /// Makes the change at `at`.
    pub fn apply(self, webhook: &mut Webhook, at: Timestamp) {
        webhook.updated_at = at;
        if let Some(url) = self.url {
            webhook.url = url;
        }
        if let Some(description) = self.description {
            webhook.description = description;
        }
        if let Some(events) = self.events {
            webhook.events = events;
        }
        match self.enabled {
            Some(true) if !webhook.enabled => {
                webhook.enabled = true;
                webhook.disabled_reason = None;
                webhook.failing_since = None;
            }
            Some(false) if webhook.enabled => {
                webhook.enabled = false;
                webhook.disabled_reason = Some(DisabledReason::Requested);
            }
            _ => {}
        }
    }
}

/// Why a webhook is told nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DisabledReason {
    /// The project wanted it so.
    Requested,
    /// Its server answered 410, "gone".
    Gone,
    /// No delivery arrived for a day.
    Failing,
    /// Too much waits for it.
    Backlog,
}

impl DisabledReason {
    const ALL: [Self; 4] = [Self::Requested, Self::Gone, Self::Failing, Self::Backlog];

    /// As it is shown and stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Gone => "gone",
            Self::Failing => "failing",
            Self::Backlog => "backlog",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// One event on its way to one webhook.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// `dlv_…`.
    pub id: String,
    /// When the event was queued for this webhook.
    pub created_at: Timestamp,
    /// `wh_…`.
    pub webhook_id: String,
    /// `evt_…`.
    pub event_id: String,
    /// What happened.
    pub event_type: EventKind,
    /// How far it is.
    pub status: DeliveryStatus,
    /// Attempts so far.
    pub attempts: i64,
    /// When it is tried next; `None` once it is over.
    #[schema(required = true)]
    pub next_attempt_at: Option<Timestamp>,
    /// When it was last tried.
    #[schema(required = true)]
    pub last_attempt_at: Option<Timestamp>,
    /// Status of the last answer; `None` when there was none.
    #[schema(required = true)]
    pub response_status: Option<i64>,
    /// Why the last attempt failed: a word of a closed list.
    #[schema(required = true)]
    pub error: Option<String>,
    /// Time that the last attempt took, ms.
    #[schema(required = true)]
    pub duration_ms: Option<i64>,
    /// Position in the database.
    #[serde(skip)]
    pub seq: i64,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    /// It is tried until it arrives or is given up.
    Pending,
    /// It arrived.
    Delivered,
    /// It was given up.
    Failed,
}

impl DeliveryStatus {
    const ALL: [Self; 3] = [Self::Pending, Self::Delivered, Self::Failed];

    /// As it is shown and stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    /// Reads [`Self::as_str`] back.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}
