//! Webhooks.

use async_trait::async_trait;

use crate::rooms::error::Error;
use crate::rooms::list::After;
use crate::rooms::webhooks::record::{NewWebhook, Webhook, WebhookChange};

/// A project's webhooks.
#[async_trait]
pub trait WebhookRows {
    /// Keeps a new webhook and what signs its deliveries, sealed.
    ///
    /// # Errors
    /// When the project has too many or the database fails.
    async fn insert_webhook(
        &self,
        project_id: &str,
        id: &str,
        sealed_secret: &[u8],
        new: NewWebhook,
    ) -> Result<Webhook, Error>;

    /// The project's webhooks, oldest first, at most `limit` of those made after the webhook `after`.
    ///
    /// # Errors
    /// When `after` is no webhook of the project or the database fails.
    async fn webhooks(
        &self,
        project_id: &str,
        after: After<'_>,
        limit: Option<u32>,
    ) -> Result<Vec<Webhook>, Error>;

    /// One of the project's webhooks.
    ///
    /// # Errors
    /// When there is no such webhook or the database fails.
    async fn webhook(&self, project_id: &str, id: &str) -> Result<Webhook, Error>;

    /// Changes one of the project's webhooks; two changes at once both take effect.
    ///
    /// # Errors
    /// When there is no such webhook or the database fails.
    async fn update_webhook(
        &self,
        project_id: &str,
        id: &str,
        change: WebhookChange,
    ) -> Result<Webhook, Error>;

    /// Deletes one of the project's webhooks with its deliveries and answers it as it was.
    ///
    /// # Errors
    /// When there is no such webhook or the database fails.
    async fn delete_webhook(&self, project_id: &str, id: &str) -> Result<Webhook, Error>;
}

/// The project has as many as it may.
pub(in crate::rooms::store) const TOO_MANY_WEBHOOKS: Error = Error::Conflict {
    code: "too_many_webhooks",
    message: "the project has as many webhooks as it may; delete one first",
};
