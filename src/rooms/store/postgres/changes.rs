//! What a worker has to be told about the rooms it holds.

use async_trait::async_trait;
use sqlx::PgConnection;

use super::lock::{OfWorker, lock};
use super::{PostgresStore, characters, participants};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::store::contract::{CHANGES_MAX, ChangeRows, PendingChange};
use crate::rooms::store::rows::{ChangeRow, Noted};

#[async_trait]
impl ChangeRows for PostgresStore {
    async fn changes(&self, worker_id: &str, cursor: i64) -> Result<(i64, Vec<PendingChange>), Error> {
        let mut tx = self.snapshot().await?;
        let rows: Vec<ChangeRow> = sqlx::query_as(
            "SELECT c.seq, c.room_id, c.kind, c.participant_id, r.livekit_room
             FROM changes c JOIN rooms r ON r.id = c.room_id
             WHERE c.worker_id = $1 AND c.seq > $2 ORDER BY c.seq LIMIT $3",
        )
        .bind(worker_id)
        .bind(cursor)
        .bind(CHANGES_MAX)
        .fetch_all(&mut *tx)
        .await?;
        let next = rows.last().map_or(cursor, |row| row.seq);
        let ids: Vec<&str> = rows
            .iter()
            .filter_map(|row| row.participant_id.as_deref())
            .collect();
        let participants = participants::by_ids(&mut tx, &ids).await?;
        let played: Vec<&str> = participants
            .values()
            .map(|participant| participant.character_id.as_str())
            .collect();
        let characters = characters::to_play(&mut tx, &played).await?;
        let changes = rows.into_iter().filter_map(|row| {
            let participant = row.participant_id.as_ref().and_then(|id| participants.get(id));
            let character = participant.and_then(|participant| characters.get(&participant.character_id));
            row.into_pending(participant.cloned(), character.cloned())
        });
        Ok((next, changes.collect()))
    }

    async fn forget_changes(&self, before: Timestamp) -> Result<(), Error> {
        sqlx::query("DELETE FROM changes WHERE created_at < $1")
            .bind(before)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

/// Notes a change for the worker that holds the room. Who notes for several workers in one transaction does so
/// in the order of their ids.
pub(super) async fn note(
    connection: &mut PgConnection,
    worker_id: &str,
    room_id: &str,
    change: Noted<'_>,
    at: Timestamp,
) -> sqlx::Result<()> {
    // Without the lock a change could become visible behind one that the worker has seen already.
    lock(connection, OfWorker::Changes, worker_id).await?;
    let (kind, participant_id) = change.columns();
    sqlx::query(
        "INSERT INTO changes (worker_id, room_id, kind, participant_id, created_at) VALUES ($1, $2, $3, $4, $5)",
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
