//! Deliveries: taken, settled, shown.

use async_trait::async_trait;
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::{SqliteStore, now, outbox};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::id::new_id;
use crate::rooms::list::After;
use crate::rooms::store::contract::{DeliveryRows, Due, not_of_webhook};
use crate::rooms::store::rows::{DeliveryRow, page};
use crate::rooms::webhooks::event::Fact;
use crate::rooms::webhooks::record::{Delivery, DeliveryStatus, DisabledReason};
use crate::rooms::webhooks::schedule::{self, Next, Outcome};
use crate::rooms::webhooks::{DELIVERIES_PER_WEBHOOK, LEASE_MS};

/// Deliveries as [`DeliveryRow`]s.
const SELECT_DELIVERY: &str = "SELECT d.*, e.kind FROM webhook_deliveries d
    JOIN webhook_events e ON e.id = d.event_id";
/// Taken deliveries as [`Due`]s.
const SELECT_DUE: &str =
    "SELECT d.id AS delivery_id, d.attempts AS attempt, d.last_at AS taken_at, d.webhook_id,
    w.url, w.sealed_secret, d.event_id, e.body FROM webhook_deliveries d
    JOIN webhooks w ON w.id = d.webhook_id JOIN webhook_events e ON e.id = d.event_id";

#[async_trait]
impl DeliveryRows for SqliteStore {
    async fn take_due(&self, now: Timestamp, limit: u32, busy: &[String]) -> Result<Vec<Due>, Error> {
        // Looked for without a lock: most of the time there is nothing.
        let due: Vec<i64> = sqlx::query_scalar(
            "SELECT seq FROM (
                 SELECT d.seq, d.next_at,
                        ROW_NUMBER() OVER (PARTITION BY d.webhook_id ORDER BY d.next_at, d.seq) AS place
                 FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
                 WHERE d.status = 'pending' AND d.next_at <= ? AND w.disabled_reason IS NULL
                   AND d.webhook_id NOT IN (SELECT value FROM json_each(?))
             ) AS due
             WHERE place <= ? ORDER BY next_at, seq LIMIT ?",
        )
        .bind(now)
        .bind(json(busy))
        .bind(i64::from(DELIVERIES_PER_WEBHOOK))
        .bind(i64::from(limit))
        .fetch_all(&self.reader)
        .await?;
        if due.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.write().await?;
        // Another server may have been faster.
        let taken: Vec<i64> = sqlx::query_scalar(
            "UPDATE webhook_deliveries SET attempts = attempts + 1, last_at = ?1, next_at = ?2
             WHERE seq IN (SELECT value FROM json_each(?3)) AND status = 'pending' AND next_at <= ?1 RETURNING seq",
        )
        .bind(now)
        .bind(now.plus_ms(LEASE_MS))
        .bind(json(&due))
        .fetch_all(&mut *tx)
        .await?;
        let rows = sqlx::query_as(AssertSqlSafe(format!(
            "{SELECT_DUE} WHERE d.seq IN (SELECT value FROM json_each(?)) ORDER BY d.seq"
        )))
        .bind(json(&taken))
        .fetch_all(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(rows)
    }

    async fn settle(
        &self,
        due: &Due,
        outcome: Outcome,
        duration_ms: i64,
        jitter: f64,
        at: Timestamp,
    ) -> Result<Option<DisabledReason>, Error> {
        let (status, next_at) = match schedule::next(due.attempt, outcome, jitter, at) {
            Next::Delivered => (DeliveryStatus::Delivered, at),
            Next::Retry(next_at) => (DeliveryStatus::Pending, next_at),
            Next::GivenUp => (DeliveryStatus::Failed, at),
        };
        let mut tx = self.write().await?;
        let known: Option<(Option<String>, Option<Timestamp>)> =
            sqlx::query_as("SELECT disabled_reason, failing_since FROM webhooks WHERE id = ?")
                .bind(&due.webhook_id)
                .fetch_optional(&mut *tx)
                .await?;
        // Deleted meanwhile, or taken again after its lease: what came of this attempt is nobody's.
        let Some((disabled, failing_since)) = known else {
            return Ok(None);
        };
        if !write(&mut tx, due, status, next_at, outcome, duration_ms).await? {
            return Ok(None);
        }
        if disabled.is_some() {
            tx.commit().await?;
            return Ok(None);
        }
        let health = schedule::health(failing_since, outcome, at);
        if health.failing_since != failing_since || health.disabled.is_some() {
            sqlx::query("UPDATE webhooks SET failing_since = ?, disabled_reason = ? WHERE id = ?")
                .bind(health.failing_since)
                .bind(health.disabled.map(DisabledReason::as_str))
                .bind(&due.webhook_id)
                .execute(&mut *tx)
                .await?;
        }
        tx.commit().await?;
        Ok(health.disabled)
    }

    async fn queue_test(&self, project_id: &str, webhook_id: &str) -> Result<Due, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let known: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM webhooks WHERE id = ? AND project_id = ?)")
                .bind(webhook_id)
                .bind(project_id)
                .fetch_one(&mut *tx)
                .await?;
        if !known {
            return Err(Error::NotFound("webhook"));
        }
        let event_id = outbox::insert_event(&mut tx, project_id, Fact::test(), at).await?;
        let id = new_id("dlv");
        // It is over before it began: nobody else may try it.
        sqlx::query(
            "INSERT INTO webhook_deliveries
             (id, webhook_id, event_id, status, attempts, next_at, created_at, last_at)
             VALUES (?1, ?2, ?3, 'failed', 1, ?4, ?4, ?4)",
        )
        .bind(&id)
        .bind(webhook_id)
        .bind(event_id)
        .bind(at)
        .execute(&mut *tx)
        .await?;
        let due = sqlx::query_as(AssertSqlSafe(format!("{SELECT_DUE} WHERE d.id = ?")))
            .bind(&id)
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(due)
    }

    async fn settle_test(&self, due: &Due, outcome: Outcome, duration_ms: i64) -> Result<(), Error> {
        let status = if outcome.arrived() {
            DeliveryStatus::Delivered
        } else {
            DeliveryStatus::Failed
        };
        let mut tx = self.write().await?;
        write(&mut tx, due, status, due.taken_at, outcome, duration_ms).await?;
        Ok(tx.commit().await?)
    }

    async fn deliveries(
        &self,
        webhook_id: &str,
        after: After<'_>,
        limit: Option<u32>,
    ) -> Result<Vec<Delivery>, Error> {
        let before_seq: i64 = match after {
            After::Nothing => i64::MAX,
            After::Position(position) => position,
            After::Item(id) => {
                sqlx::query_scalar("SELECT seq FROM webhook_deliveries WHERE id = ? AND webhook_id = ?")
                    .bind(id)
                    .bind(webhook_id)
                    .fetch_optional(&self.reader)
                    .await?
                    .ok_or_else(not_of_webhook)?
            }
        };
        let select =
            format!("{SELECT_DELIVERY} WHERE d.webhook_id = ? AND d.seq < ? ORDER BY d.seq DESC LIMIT ?");
        let rows: Vec<DeliveryRow> = sqlx::query_as(AssertSqlSafe(select))
            .bind(webhook_id)
            .bind(before_seq)
            .bind(page(limit))
            .fetch_all(&self.reader)
            .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn delivery(&self, webhook_id: &str, id: &str) -> Result<Delivery, Error> {
        let row: Option<DeliveryRow> = sqlx::query_as(AssertSqlSafe(format!(
            "{SELECT_DELIVERY} WHERE d.id = ? AND d.webhook_id = ?"
        )))
        .bind(id)
        .bind(webhook_id)
        .fetch_optional(&self.reader)
        .await?;
        row.ok_or(Error::NotFound("delivery"))?.try_into()
    }
}

/// Notes down what came of an attempt unless another began since; answers whether it did.
async fn write(
    connection: &mut SqliteConnection,
    due: &Due,
    status: DeliveryStatus,
    next_at: Timestamp,
    outcome: Outcome,
    duration_ms: i64,
) -> sqlx::Result<bool> {
    let written = sqlx::query(
        "UPDATE webhook_deliveries SET status = ?, next_at = ?, response_status = ?, error = ?, duration_ms = ?
         WHERE id = ? AND attempts = ? AND status <> 'delivered'",
    )
    .bind(status.as_str())
    .bind(next_at)
    .bind(outcome.status().map(i64::from))
    .bind(outcome.error())
    .bind(duration_ms)
    .bind(&due.delivery_id)
    .bind(due.attempt)
    .execute(connection)
    .await?;
    Ok(written.rows_affected() > 0)
}

/// A list as a parameter, which SQLite has only as JSON.
fn json(list: &[impl serde::Serialize]) -> String {
    // Numbers and texts can always be printed.
    serde_json::to_string(list).unwrap_or_default()
}
