//! Webhooks.

use async_trait::async_trait;
use sqlx::PgConnection;

use super::{PostgresStore, now};
use crate::rooms::error::Error;
use crate::rooms::list::After;
use crate::rooms::store::contract::{TOO_MANY_WEBHOOKS, WebhookRows};
use crate::rooms::store::rows::{WebhookRow, page};
use crate::rooms::webhooks::record::{NewWebhook, WEBHOOKS_MAX, Webhook, WebhookChange};

#[async_trait]
impl WebhookRows for PostgresStore {
    async fn insert_webhook(
        &self,
        project_id: &str,
        id: &str,
        sealed_secret: &[u8],
        new: NewWebhook,
    ) -> Result<Webhook, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        // Two creates at once must count each other.
        sqlx::query("SELECT 1 FROM projects WHERE id = $1 FOR NO KEY UPDATE")
            .bind(project_id)
            .execute(&mut *tx)
            .await?;
        let count: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM webhooks WHERE project_id = $1")
            .bind(project_id)
            .fetch_one(&mut *tx)
            .await?;
        if count >= WEBHOOKS_MAX {
            return Err(TOO_MANY_WEBHOOKS);
        }
        sqlx::query(
            "INSERT INTO webhooks
             (id, project_id, url, description, events, sealed_secret, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(id)
        .bind(project_id)
        .bind(new.url)
        .bind(new.description)
        .bind(WebhookRow::events(&new.events))
        .bind(sealed_secret)
        .bind(at)
        .bind(at)
        .execute(&mut *tx)
        .await?;
        let webhook = find(&mut tx, project_id, id).await?;
        tx.commit().await?;
        Ok(webhook)
    }

    async fn webhooks(
        &self,
        project_id: &str,
        after: After<'_>,
        limit: Option<u32>,
    ) -> Result<Vec<Webhook>, Error> {
        let after_seq: i64 = match after {
            After::Nothing => 0,
            After::Position(position) => position,
            After::Item(id) => {
                sqlx::query_scalar("SELECT seq FROM webhooks WHERE id = $1 AND project_id = $2")
                    .bind(id)
                    .bind(project_id)
                    .fetch_optional(&self.pool)
                    .await?
                    .ok_or_else(|| Error::Invalid {
                        param: "after",
                        message: "must be the id of a webhook".into(),
                    })?
            }
        };
        let rows: Vec<WebhookRow> =
            sqlx::query_as("SELECT * FROM webhooks WHERE project_id = $1 AND seq > $2 ORDER BY seq LIMIT $3")
                .bind(project_id)
                .bind(after_seq)
                .bind(page(limit))
                .fetch_all(&self.pool)
                .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn webhook(&self, project_id: &str, id: &str) -> Result<Webhook, Error> {
        find(&mut *self.pool.acquire().await?, project_id, id).await
    }

    async fn update_webhook(
        &self,
        project_id: &str,
        id: &str,
        change: WebhookChange,
    ) -> Result<Webhook, Error> {
        let mut tx = self.write().await?;
        sqlx::query("SELECT 1 FROM webhooks WHERE id = $1 FOR NO KEY UPDATE")
            .bind(id)
            .execute(&mut *tx)
            .await?;
        let at = now(&mut tx).await?;
        let mut webhook = find(&mut tx, project_id, id).await?;
        change.apply(&mut webhook, at);
        sqlx::query(
            "UPDATE webhooks SET url = $1, description = $2, events = $3, updated_at = $4, disabled_reason = $5,
             failing_since = $6 WHERE id = $7",
        )
        .bind(&webhook.url)
        .bind(&webhook.description)
        .bind(WebhookRow::events(&webhook.events))
        .bind(at)
        .bind(webhook.disabled_reason.map(|reason| reason.as_str()))
        .bind(webhook.failing_since)
        .bind(id)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(webhook)
    }

    async fn delete_webhook(&self, project_id: &str, id: &str) -> Result<Webhook, Error> {
        let mut tx = self.write().await?;
        let webhook = find(&mut tx, project_id, id).await?;
        // Its deliveries go with it.
        sqlx::query("DELETE FROM webhooks WHERE id = $1")
            .bind(id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(webhook)
    }
}

async fn find(connection: &mut PgConnection, project_id: &str, id: &str) -> Result<Webhook, Error> {
    let row: Option<WebhookRow> = sqlx::query_as("SELECT * FROM webhooks WHERE id = $1 AND project_id = $2")
        .bind(id)
        .bind(project_id)
        .fetch_optional(connection)
        .await?;
    row.ok_or(Error::NotFound("webhook"))?.try_into()
}
