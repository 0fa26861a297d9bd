//! The outbox: events queued for webhooks.

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::{SqliteStore, participants, rooms};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::id::new_id;
use crate::rooms::store::contract::OutboxRows;
use crate::rooms::store::rows::{EntryRow, RoomRow, wants};
use crate::rooms::transcript::Entry;
use crate::rooms::webhooks::event::{EventKind, Fact};
use crate::rooms::webhooks::record::DisabledReason;

#[async_trait]
impl OutboxRows for SqliteStore {
    async fn disable_backlogged(&self, pending_max: i64) -> Result<Vec<String>, Error> {
        let backlogged: Vec<String> = sqlx::query_scalar(
            "SELECT webhook_id FROM webhook_deliveries WHERE status = 'pending'
             GROUP BY webhook_id HAVING COUNT(*) > ?",
        )
        .bind(pending_max)
        .fetch_all(&self.reader)
        .await?;
        for webhook_id in &backlogged {
            let mut tx = self.write().await?;
            sqlx::query("UPDATE webhooks SET disabled_reason = COALESCE(disabled_reason, ?) WHERE id = ?")
                .bind(DisabledReason::Backlog.as_str())
                .bind(webhook_id)
                .execute(&mut *tx)
                .await?;
            sqlx::query(
                "UPDATE webhook_deliveries SET status = 'failed', error = ?
                 WHERE webhook_id = ? AND status = 'pending'",
            )
            .bind(DisabledReason::Backlog.as_str())
            .bind(webhook_id)
            .execute(&mut *tx)
            .await?;
            tx.commit().await?;
        }
        Ok(backlogged)
    }

    async fn forget_events(&self, before: Timestamp) -> Result<(), Error> {
        sqlx::query("DELETE FROM webhook_events WHERE created_at < ?")
            .bind(before)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

/// Enabled webhooks of the project that want this kind of event. Nearly always there is none, and nothing else
/// is done.
async fn wanted_by(
    connection: &mut SqliteConnection,
    project_id: &str,
    kind: EventKind,
) -> sqlx::Result<Vec<String>> {
    let enabled: Vec<(String, String)> =
        sqlx::query_as("SELECT id, events FROM webhooks WHERE project_id = ? AND disabled_reason IS NULL")
            .bind(project_id)
            .fetch_all(connection)
            .await?;
    Ok(enabled
        .into_iter()
        .filter(|(_, events)| wants(events, kind))
        .map(|(id, _)| id)
        .collect())
}

pub(super) async fn insert_event(
    connection: &mut SqliteConnection,
    project_id: &str,
    fact: Fact,
    at: Timestamp,
) -> Result<String, Error> {
    let event = fact.into_event(project_id, at)?;
    sqlx::query("INSERT INTO webhook_events (id, project_id, kind, body, created_at) VALUES (?, ?, ?, ?, ?)")
        .bind(&event.id)
        .bind(project_id)
        .bind(event.kind.as_str())
        .bind(&event.body)
        .bind(event.created_at)
        .execute(connection)
        .await?;
    Ok(event.id)
}

async fn fan_out(
    connection: &mut SqliteConnection,
    project_id: &str,
    webhook_ids: &[String],
    fact: Fact,
    at: Timestamp,
) -> Result<(), Error> {
    let event_id = insert_event(connection, project_id, fact, at).await?;
    for webhook_id in webhook_ids {
        sqlx::query(
            "INSERT INTO webhook_deliveries (id, webhook_id, event_id, next_at, created_at)
             VALUES (?1, ?2, ?3, ?4, ?4)",
        )
        .bind(new_id("dlv"))
        .bind(webhook_id)
        .bind(&event_id)
        .bind(at)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Queues a fact in the transaction that makes it true.
pub(super) async fn queue(
    connection: &mut SqliteConnection,
    project_id: &str,
    fact: Fact,
    at: Timestamp,
) -> Result<(), Error> {
    let webhook_ids = wanted_by(connection, project_id, fact.kind()).await?;
    if !webhook_ids.is_empty() {
        fan_out(connection, project_id, &webhook_ids, fact, at).await?;
    }
    Ok(())
}

/// As [`queue`], for a room that was just started or ended.
pub(super) async fn queue_room(
    connection: &mut SqliteConnection,
    room: &RoomRow,
    kind: EventKind,
    at: Timestamp,
) -> Result<(), Error> {
    let webhook_ids = wanted_by(connection, &room.project_id, kind).await?;
    if webhook_ids.is_empty() {
        return Ok(());
    }
    let participants = participants::of_room(connection, &room.id).await?;
    let room = rooms::find(connection, &room.project_id, &room.id)
        .await?
        .into_room(participants)?;
    let fact = match kind {
        EventKind::RoomStarted => Fact::room_started(&room)?,
        _ => Fact::room_ended(&room)?,
    };
    fan_out(connection, &room.project_id, &webhook_ids, fact, at).await
}

/// As [`queue`], for entries that were just stored: those of the room under its epoch after `sequence`.
pub(super) async fn queue_entries(
    connection: &mut SqliteConnection,
    room: &RoomRow,
    epoch: i64,
    sequence: i64,
    at: Timestamp,
) -> Result<(), Error> {
    let webhook_ids = wanted_by(connection, &room.project_id, EventKind::EntryCreated).await?;
    if webhook_ids.is_empty() {
        return Ok(());
    }
    let entries: Vec<EntryRow> =
        sqlx::query_as("SELECT * FROM entries WHERE room_id = ? AND epoch = ? AND sequence > ? ORDER BY seq")
            .bind(&room.id)
            .bind(epoch)
            .bind(sequence)
            .fetch_all(&mut *connection)
            .await?;
    for entry in entries {
        let fact = Fact::entry_created(&Entry::from(entry))?;
        fan_out(connection, &room.project_id, &webhook_ids, fact, at).await?;
    }
    Ok(())
}
