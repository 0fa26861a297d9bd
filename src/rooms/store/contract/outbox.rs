//! The outbox: events queued for webhooks.

use async_trait::async_trait;

use crate::rooms::Timestamp;
use crate::rooms::error::Error;

/// The outbox. Events are queued by the transactions that make them true.
#[async_trait]
pub trait OutboxRows {
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
