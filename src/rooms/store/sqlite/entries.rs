//! The timeline.

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::rooms::find_any;
use super::{SqliteStore, now, outbox};
use crate::protocol::NewEntry;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::id::new_id;
use crate::rooms::list::After;
use crate::rooms::store::contract::{EntryRows, not_in_room, unseen};
use crate::rooms::store::rows::{EntryRow, page, signed};
use crate::rooms::transcript::Entry;

#[async_trait]
impl EntryRows for SqliteStore {
    async fn append_entries(
        &self,
        room_id: &str,
        worker_id: &str,
        epoch: u64,
        entries: &[NewEntry],
    ) -> Result<u64, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let room = find_any(&mut tx, room_id).await?;
        room.lease()
            .check(worker_id, epoch)
            .map_err(|_| Error::STALE_EPOCH)?;
        let stored: i64 = sqlx::query_scalar(
            "SELECT COALESCE(MAX(sequence), 0) FROM entries WHERE room_id = ? AND epoch = ?",
        )
        .bind(room_id)
        .bind(room.epoch)
        .fetch_one(&mut *tx)
        .await?;
        let stored = u64::try_from(stored).unwrap_or(0);
        let new = unseen(stored, entries)?;
        for entry in &new {
            insert(&mut tx, room_id, room.epoch, entry, at).await?;
        }
        outbox::queue_entries(&mut tx, &room, signed(stored), at).await?;
        tx.commit().await?;
        Ok(new.last().map_or(stored, |entry| entry.sequence))
    }

    async fn entry_position(
        &self,
        room_id: &str,
        after: After<'_>,
        param: &'static str,
    ) -> Result<i64, Error> {
        match after {
            After::Nothing => Ok(0),
            After::Position(position) => Ok(position),
            After::Item(id) => sqlx::query_scalar("SELECT seq FROM entries WHERE id = ? AND room_id = ?")
                .bind(id)
                .bind(room_id)
                .fetch_optional(&self.reader)
                .await?
                .ok_or_else(|| not_in_room(param)),
        }
    }

    async fn entries_after(
        &self,
        room_id: &str,
        after_seq: i64,
        limit: Option<u32>,
    ) -> Result<Vec<Entry>, Error> {
        let rows: Vec<EntryRow> =
            sqlx::query_as("SELECT * FROM entries WHERE room_id = ? AND seq > ? ORDER BY seq LIMIT ?")
                .bind(room_id)
                .bind(after_seq)
                .bind(page(limit))
                .fetch_all(&self.reader)
                .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

async fn insert(
    connection: &mut SqliteConnection,
    room_id: &str,
    epoch: i64,
    entry: &NewEntry,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO entries
         (id, room_id, created_at, epoch, sequence, speaker_type, character_id, speaker_identity, speaker_name,
          content)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(new_id("entry"))
    .bind(room_id)
    .bind(at)
    .bind(epoch)
    .bind(signed(entry.sequence))
    .bind(EntryRow::speaker(entry.speaker_type))
    .bind(&entry.character_id)
    .bind(&entry.speaker_identity)
    .bind(&entry.speaker_name)
    .bind(&entry.content)
    .execute(connection)
    .await
    .map(drop)
}

/// The latest entries of a room, oldest first.
pub(super) async fn latest(
    connection: &mut SqliteConnection,
    room_id: &str,
    limit: u32,
) -> sqlx::Result<Vec<Entry>> {
    let mut rows: Vec<EntryRow> =
        sqlx::query_as("SELECT * FROM entries WHERE room_id = ? ORDER BY seq DESC LIMIT ?")
            .bind(room_id)
            .bind(limit)
            .fetch_all(connection)
            .await?;
    rows.reverse();
    Ok(rows.into_iter().map(Into::into).collect())
}
