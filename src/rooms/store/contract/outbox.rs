//! The outbox: events queued for webhooks.

use async_trait::async_trait;

use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::webhooks::event::Fact;

/// The outbox.
#[async_trait]
pub trait OutboxRows {
    /// Queues an event for every enabled webhook of the project that wants it. Facts that a transaction of
    /// this store makes true are queued in it; this is for all others.
    ///
    /// # Errors
    /// When the database fails.
    async fn queue_event(&self, project_id: &str, fact: Fact) -> Result<(), Error>;

    /// Disables webhooks for which more than `pending_max` deliveries wait, gives these up, and answers the
    /// webhooks.
    ///
    /// # Errors
    /// When the database fails.
    async fn disable_backlogged(&self, pending_max: i64) -> Result<Vec<String>, Error>;

    /// Forgets events older than `before` with their deliveries.
    ///
    /// # Errors
    /// When the database fails.
    async fn forget_events(&self, before: Timestamp) -> Result<(), Error>;
}
