//! What a worker has to be told about the rooms it holds.

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::{SqliteStore, characters, participants};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::store::contract::{CHANGES_MAX, ChangeRows, PendingChange};
use crate::rooms::store::rows::{ChangeRow, Noted};

#[async_trait]
impl ChangeRows for SqliteStore {
    async fn changes(&self, worker_id: &str, cursor: i64) -> Result<(i64, Vec<PendingChange>), Error> {
        let mut tx = self.reader.begin().await?;
        let rows: Vec<ChangeRow> = sqlx::query_as(
            "SELECT c.seq, c.room_id, c.kind, c.participant_id, r.livekit_room
             FROM changes c JOIN rooms r ON r.id = c.room_id
             WHERE c.worker_id = ? AND c.seq > ? ORDER BY c.seq LIMIT ?",
        )
        .bind(worker_id)
        .bind(cursor)
        .bind(CHANGES_MAX)
        .fetch_all(&mut *tx)
        .await?;
        let mut next = cursor;
        let mut changes = Vec::with_capacity(rows.len());
        for row in rows {
            next = row.seq;
            changes.extend(load(&mut tx, row).await?);
        }
        Ok((next, changes))
    }

    async fn forget_changes(&self, before: Timestamp) -> Result<(), Error> {
        sqlx::query("DELETE FROM changes WHERE created_at < ?")
            .bind(before)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

async fn load(connection: &mut SqliteConnection, row: ChangeRow) -> Result<Option<PendingChange>, Error> {
    let participant = match &row.participant_id {
        Some(id) => participants::by_id(connection, id).await?,
        None => None,
    };
    let character = match &participant {
        Some(participant) => characters::to_play(connection, &participant.character_id).await?,
        None => None,
    };
    Ok(row.into_pending(participant, character))
}

/// Notes a change for the worker that holds the room.
pub(super) async fn note(
    connection: &mut SqliteConnection,
    worker_id: &str,
    room_id: &str,
    change: Noted<'_>,
    at: Timestamp,
) -> sqlx::Result<()> {
    let (kind, participant_id) = change.columns();
    sqlx::query(
        "INSERT INTO changes (worker_id, room_id, kind, participant_id, created_at) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(worker_id)
    .bind(room_id)
    .bind(kind)
    .bind(participant_id)
    .bind(at)
    .execute(connection)
    .await
    .map(drop)
}
