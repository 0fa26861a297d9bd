//! Deliveries of events to webhooks, and the log of how it went.

use async_trait::async_trait;

use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::list::After;
use crate::rooms::webhooks::record::{Delivery, DisabledReason};
use crate::rooms::webhooks::schedule::Outcome;

/// A delivery that was taken: nobody else tries it before its lease is over.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Due {
    /// `dlv_…`.
    pub delivery_id: String,
    /// Number of this attempt, from 1.
    pub attempt: i64,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// `wh_…`.
    pub webhook_id: String,
    /// Where it goes.
    pub url: String,
    /// What signs it, sealed with the webhook's id.
    pub sealed_secret: Vec<u8>,
    /// `evt_…`.
    pub event_id: String,
    /// What is sent.
    pub body: String,
}

/// Deliveries.
#[async_trait]
pub trait DeliveryRows {
    /// Takes deliveries that are due at `now`, longest due first: at most `limit`, of each webhook
    /// [`DELIVERIES_PER_WEBHOOK`](crate::rooms::webhooks::DELIVERIES_PER_WEBHOOK), and none of the webhooks in
    /// `busy` or of disabled ones.
    ///
    /// # Errors
    /// When the database fails.
    async fn take_due(&self, now: Timestamp, limit: u32, busy: &[String]) -> Result<Vec<Due>, Error>;

    /// Notes down what came of an attempt that ended at `at`, unless it was taken again since, and what that
    /// means for its webhook; `jitter` is a random number from 0 to 1. Answers why the webhook was disabled by
    /// it, if it was.
    ///
    /// # Errors
    /// When the database fails.
    async fn settle(
        &self,
        due: &Due,
        outcome: Outcome,
        duration_ms: i64,
        jitter: f64,
        at: Timestamp,
    ) -> Result<Option<DisabledReason>, Error>;

    /// Queues a test of a webhook, disabled or not, and takes it.
    ///
    /// # Errors
    /// When the project has no such webhook or the database fails.
    async fn queue_test(&self, project_id: &str, webhook_id: &str) -> Result<Due, Error>;

    /// Notes down what came of a test, which is never tried again.
    ///
    /// # Errors
    /// When the database fails.
    async fn settle_test(&self, due: &Due, outcome: Outcome, duration_ms: i64) -> Result<(), Error>;

    /// A webhook's deliveries, newest first, at most `limit` of those older than the delivery `after`. The
    /// caller has seen that the webhook is the project's.
    ///
    /// # Errors
    /// When `after` is no delivery of the webhook or the database fails.
    async fn deliveries(
        &self,
        webhook_id: &str,
        after: After<'_>,
        limit: Option<u32>,
    ) -> Result<Vec<Delivery>, Error>;

    /// One delivery of a webhook.
    ///
    /// # Errors
    /// When there is no such delivery or the database fails.
    async fn delivery(&self, webhook_id: &str, id: &str) -> Result<Delivery, Error>;
}

/// `after` is no delivery of the webhook.
pub(in crate::rooms::store) fn not_of_webhook() -> Error {
    Error::Invalid {
        param: "after",
        message: "must be the id of a delivery of this webhook".into(),
    }
}
