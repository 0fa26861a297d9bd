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
use crate::rooms::store::rows::{EntryRow, RoomRow, page, signed};
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
        let room = find_any(&mut tx, room_id).await?;
        room.lease()
            .check(worker_id, epoch)
            .map_err(|_| Error::STALE_EPOCH)?;
        let last = append(&mut tx, &room, epoch, entries, false).await?;
        tx.commit().await?;
        Ok(last)
    }

    async fn append_late(
        &self,
        room_id: &str,
        worker_id: &str,
        epoch: u64,
        entries: &[NewEntry],
    ) -> Result<u64, Error> {
        let mut tx = self.write().await?;
        let room = find_any(&mut tx, room_id).await?;
        let is_over = room.ended_at.is_some();
        if room.lease().check(worker_id, epoch).is_err()
            && (is_over || !was_claimed(&mut tx, room_id, worker_id, epoch).await?)
        {
            return Err(Error::STALE_EPOCH);
        }
        let late = room.epoch != signed(epoch);
        let last = append(&mut tx, &room, epoch, entries, late).await?;
        tx.commit().await?;
        Ok(last)
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

/// Whether the worker held the room under this epoch at some time.
async fn was_claimed(
    connection: &mut SqliteConnection,
    room_id: &str,
    worker_id: &str,
    epoch: u64,
) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM claims WHERE room_id = ? AND epoch = ? AND worker_id = ?)",
    )
    .bind(room_id)
    .bind(signed(epoch))
    .bind(worker_id)
    .fetch_one(connection)
    .await
}

/// Stores what is new of a claim's entries, and answers the highest sequence stored.
async fn append(
    tx: &mut SqliteConnection,
    room: &RoomRow,
    epoch: u64,
    entries: &[NewEntry],
    late: bool,
) -> Result<u64, Error> {
    let at = now(&mut *tx).await?;
    let stored: i64 =
        sqlx::query_scalar("SELECT COALESCE(MAX(sequence), 0) FROM entries WHERE room_id = ? AND epoch = ?")
            .bind(&room.id)
            .bind(signed(epoch))
            .fetch_one(&mut *tx)
            .await?;
    let stored = u64::try_from(stored).unwrap_or(0);
    let new = unseen(stored, entries)?;
    for entry in &new {
        insert(&mut *tx, &room.id, signed(epoch), entry, at, late).await?;
    }
    outbox::queue_entries(tx, room, signed(epoch), signed(stored), at).await?;
    Ok(new.last().map_or(stored, |entry| entry.sequence))
}

async fn insert(
    connection: &mut SqliteConnection,
    room_id: &str,
    epoch: i64,
    entry: &NewEntry,
    at: Timestamp,
    late: bool,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO entries
         (id, room_id, created_at, epoch, sequence, speaker_type, character_id, speaker_identity, speaker_name,
          content, late, trace_id, stages)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
    .bind(late)
    .bind(entry.turn.as_ref().map(|turn| &turn.trace_id))
    .bind(EntryRow::stages(entry))
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
