//! The timeline.

use async_trait::async_trait;
use sqlx::PgConnection;

use super::{PostgresStore, outbox, rooms};
use crate::protocol::NewEntry;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::id::new_id;
use crate::rooms::list::After;
use crate::rooms::store::contract::{EntryRows, not_in_room, unseen};
use crate::rooms::store::rows::{EntryRow, RoomRow, page, signed};
use crate::rooms::transcript::Entry;

#[async_trait]
impl EntryRows for PostgresStore {
    async fn append_entries(
        &self,
        room_id: &str,
        worker_id: &str,
        epoch: u64,
        entries: &[NewEntry],
    ) -> Result<u64, Error> {
        let mut tx = self.write().await?;
        // One batch after the other in a room: positions become visible in their order.
        let room = rooms::locked_any(&mut tx, room_id).await?;
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
        let room = rooms::locked_any(&mut tx, room_id).await?;
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
            After::Item(id) => sqlx::query_scalar("SELECT seq FROM entries WHERE id = $1 AND room_id = $2")
                .bind(id)
                .bind(room_id)
                .fetch_optional(&self.pool)
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
            sqlx::query_as("SELECT * FROM entries WHERE room_id = $1 AND seq > $2 ORDER BY seq LIMIT $3")
                .bind(room_id)
                .bind(after_seq)
                .bind(page(limit))
                .fetch_all(&self.pool)
                .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }
}

/// Whether the worker held the room under this epoch at some time.
async fn was_claimed(
    connection: &mut PgConnection,
    room_id: &str,
    worker_id: &str,
    epoch: u64,
) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM claims WHERE room_id = $1 AND epoch = $2 AND worker_id = $3)",
    )
    .bind(room_id)
    .bind(signed(epoch))
    .bind(worker_id)
    .fetch_one(connection)
    .await
}

/// Stores what is new of a claim's entries, and answers the highest sequence stored.
async fn append(
    tx: &mut PgConnection,
    room: &RoomRow,
    epoch: u64,
    entries: &[NewEntry],
    late: bool,
) -> Result<u64, Error> {
    // One question instead of three: a room that plays asks this for every line.
    let (stored, at, told): (i64, Timestamp, bool) = sqlx::query_as(
        "SELECT COALESCE(MAX(sequence), 0), (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
           EXISTS (SELECT 1 FROM webhooks WHERE project_id = $3 AND disabled_reason IS NULL)
         FROM entries WHERE room_id = $1 AND epoch = $2",
    )
    .bind(&room.id)
    .bind(signed(epoch))
    .bind(&room.project_id)
    .fetch_one(&mut *tx)
    .await?;
    let stored = u64::try_from(stored).unwrap_or(0);
    let new = unseen(stored, entries)?;
    if !new.is_empty() {
        insert(&mut *tx, &room.id, signed(epoch), &new, (at, late)).await?;
    }
    if told {
        outbox::queue_entries(tx, room, signed(epoch), signed(stored), at).await?;
    }
    Ok(new.last().map_or(stored, |entry| entry.sequence))
}

/// All of a batch at once; positions follow the sequence.
async fn insert(
    connection: &mut PgConnection,
    room_id: &str,
    epoch: i64,
    batch: &[&NewEntry],
    (at, late): (Timestamp, bool),
) -> sqlx::Result<()> {
    let texts = |of: fn(&NewEntry) -> Option<&str>| -> Vec<Option<&str>> {
        batch.iter().map(|entry| of(entry)).collect()
    };
    let ids: Vec<String> = batch.iter().map(|_| new_id("entry")).collect();
    let sequences: Vec<i64> = batch.iter().map(|entry| signed(entry.sequence)).collect();
    let stages: Vec<Option<String>> = batch.iter().map(|entry| EntryRow::stages(entry)).collect();
    sqlx::query(
        "INSERT INTO entries
         (id, room_id, created_at, epoch, sequence, speaker_type, character_id, speaker_identity, speaker_name,
          content, late, trace_id, stages)
         SELECT new.id, $1, $2, $3, new.sequence, new.speaker_type, new.character_id, new.speaker_identity,
           new.speaker_name, new.content, $11, new.trace_id, new.stages
         FROM UNNEST($4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
           $12::text[], $13::text[])
           AS new (id, sequence, speaker_type, character_id, speaker_identity, speaker_name, content,
             trace_id, stages)
         ORDER BY new.sequence",
    )
    .bind(room_id)
    .bind(at)
    .bind(epoch)
    .bind(ids)
    .bind(sequences)
    .bind(texts(|entry| Some(EntryRow::speaker(entry.speaker_type))))
    .bind(texts(|entry| entry.character_id.as_deref()))
    .bind(texts(|entry| entry.speaker_identity.as_deref()))
    .bind(texts(|entry| entry.speaker_name.as_deref()))
    .bind(texts(|entry| Some(&entry.content)))
    .bind(late)
    .bind(texts(|entry| entry.turn.as_ref().map(|turn| turn.trace_id.as_str())))
    .bind(stages)
    .execute(connection)
    .await
    .map(drop)
}

/// The latest entries of a room, oldest first.
pub(super) async fn latest(
    connection: &mut PgConnection,
    room_id: &str,
    limit: u32,
) -> sqlx::Result<Vec<Entry>> {
    let mut rows: Vec<EntryRow> =
        sqlx::query_as("SELECT * FROM entries WHERE room_id = $1 ORDER BY seq DESC LIMIT $2")
            .bind(room_id)
            .bind(i64::from(limit))
            .fetch_all(connection)
            .await?;
    rows.reverse();
    Ok(rows.into_iter().map(Into::into).collect())
}
