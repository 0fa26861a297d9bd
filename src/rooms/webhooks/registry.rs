//! A project's webhooks: made, changed, tried.

use super::Webhooks;
use super::record::{Delivery, NewWebhook, Webhook, WebhookChange};
use super::signature::new_secret;
use crate::rooms::error::Error;
use crate::rooms::id::new_id;
use crate::rooms::list::After;

/// A webhook that was just made.
#[derive(Debug, Clone)]
pub struct MadeWebhook {
    /// The webhook.
    pub webhook: Webhook,
    /// What signs its deliveries. It is shown here alone and stored sealed.
    pub secret: String,
}

const BUSY: Error = Error::Busy {
    code: "busy",
    message: "too many webhooks are being tried at the moment; try again",
};

impl Webhooks {
    /// Makes a webhook.
    ///
    /// # Errors
    /// When the URL can't be used, the project has too many, or the database fails.
    pub async fn create(&self, project_id: &str, mut new: NewWebhook) -> Result<MadeWebhook, Error> {
        new.url = self.checked(&new.url)?;
        let id = new_id("wh");
        let secret = new_secret();
        let sealed = self
            .secret
            .seal(id.as_bytes(), secret.as_bytes())
            .ok_or(Error::Corrupt("webhook secret"))?;
        let webhook = self.store.insert_webhook(project_id, &id, &sealed, new).await?;
        Ok(MadeWebhook { webhook, secret })
    }

    /// The project's webhooks, oldest first, at most `limit` of those made after `after`.
    ///
    /// # Errors
    /// When `after` is no webhook of the project or the database fails.
    pub async fn list(
        &self,
        project_id: &str,
        after: After<'_>,
        limit: Option<u32>,
    ) -> Result<Vec<Webhook>, Error> {
        self.store.webhooks(project_id, after, limit).await
    }

    /// One webhook.
    ///
    /// # Errors
    /// When the project has none of this id, or the database fails.
    pub async fn get(&self, project_id: &str, id: &str) -> Result<Webhook, Error> {
        self.store.webhook(project_id, id).await
    }

    /// Changes a webhook.
    ///
    /// # Errors
    /// When the URL can't be used, the project has none of this id, or the database fails.
    pub async fn update(
        &self,
        project_id: &str,
        id: &str,
        mut change: WebhookChange,
    ) -> Result<Webhook, Error> {
        if let Some(url) = &mut change.url {
            *url = self.checked(url)?;
        }
        self.store.update_webhook(project_id, id, change).await
    }

    /// Deletes a webhook with its deliveries and answers it as it was.
    ///
    /// # Errors
    /// When the project has none of this id, or the database fails.
    pub async fn delete(&self, project_id: &str, id: &str) -> Result<Webhook, Error> {
        self.store.delete_webhook(project_id, id).await
    }

    /// A webhook's deliveries, newest first, at most `limit` of those older than `after`.
    ///
    /// # Errors
    /// When the project has no such webhook, `after` is none of its deliveries, or the database fails.
    pub async fn deliveries(
        &self,
        project_id: &str,
        id: &str,
        after: After<'_>,
        limit: Option<u32>,
    ) -> Result<Vec<Delivery>, Error> {
        self.store.webhook(project_id, id).await?;
        self.store.deliveries(id, after, limit).await
    }

    /// Sends a `webhook.test` event at once, once, and answers what came of it. It says nothing about the
    /// webhook's health, and a disabled one may be tried.
    ///
    /// # Errors
    /// When the project has no such webhook, too many are being tried, or the database fails.
    pub async fn test(&self, project_id: &str, id: &str) -> Result<Delivery, Error> {
        let _permit = self.tests.try_acquire().map_err(|_| BUSY)?;
        let due = self.store.queue_test(project_id, id).await?;
        let (outcome, duration_ms) = self.attempt(&due, due.taken_at).await;
        self.store.settle_test(&due, outcome, duration_ms).await?;
        self.store.delivery(id, &due.delivery_id).await
    }

    fn checked(&self, url: &str) -> Result<String, Error> {
        self.destinations
            .check(url)
            .map(Into::into)
            .map_err(|message| Error::Invalid {
                param: "url",
                message: message.into(),
            })
    }
}
