//! The timeline.

use sqlx::SqliteConnection;

use super::rooms::find_any;
use super::{Store, claims, now};
use crate::protocol::{NewEntry, SpeakerType};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::id::new_id;
use crate::rooms::transcript::Entry;

#[derive(sqlx::FromRow)]
struct EntryRow {
    seq: i64,
    id: String,
    room_id: String,
    created_at: Timestamp,
    speaker_type: String,
    character_id: Option<String>,
    speaker_identity: Option<String>,
    speaker_name: Option<String>,
    content: String,
}

const USER: &str = "user";
const AGENT: &str = "agent";

impl From<EntryRow> for Entry {
    fn from(row: EntryRow) -> Self {
        Self {
            id: row.id,
            created_at: row.created_at,
            room_id: row.room_id,
            speaker_type: if row.speaker_type == AGENT {
                SpeakerType::Agent
            } else {
                SpeakerType::User
            },
            character_id: row.character_id,
            speaker_identity: row.speaker_identity,
            speaker_name: row.speaker_name,
            content: row.content,
            seq: row.seq,
        }
    }
}

impl Store {
    /// Stores the entries that are new under `epoch` and answers the highest sequence stored.
    ///
    /// # Errors
    /// When the worker does not hold the room under `epoch`, a sequence is missing, or the database fails.
    pub async fn append_entries(
        &self,
        room_id: &str,
        worker_id: &str,
        epoch: u64,
        entries: &[NewEntry],
    ) -> Result<u64, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let room = find_any(&mut tx, room_id).await?;
        claims::lease_of(&room)
            .check(worker_id, epoch)
            .map_err(|_| Error::STALE_EPOCH)?;
        let stored: i64 = sqlx::query_scalar(
            "SELECT COALESCE(MAX(sequence), 0) FROM entries WHERE room_id = ? AND epoch = ?",
        )
        .bind(room_id)
        .bind(room.epoch)
        .fetch_one(&mut *tx)
        .await?;
        let mut acknowledged = u64::try_from(stored).unwrap_or(0);
        for entry in entries {
            if entry.sequence <= acknowledged {
                continue;
            }
            if entry.sequence != acknowledged + 1 {
                return Err(Error::Conflict {
                    code: "sequence_gap",
                    message: "an entry before this one was never stored; send it first",
                });
            }
            acknowledged = entry.sequence;
            insert(&mut tx, room_id, room.epoch, entry, at).await?;
        }
        tx.commit().await?;
        Ok(acknowledged)
    }

    /// The room's timeline in spoken order, at most `limit` entries after the entry `after`. The caller has
    /// seen that the room is the project's.
    ///
    /// # Errors
    /// When `after` is no entry of the room or the database fails.
    pub async fn entries(
        &self,
        room_id: &str,
        after: Option<&str>,
        limit: Option<u32>,
        param: &'static str,
    ) -> Result<Vec<Entry>, Error> {
        let after_seq = self.entry_position(room_id, after, param).await?;
        self.entries_after(room_id, after_seq, limit).await
    }

    /// Where in the timeline the entry `after` stands; before everything without one.
    ///
    /// # Errors
    /// When `after`, which came as `param`, is no entry of the room, or the database fails.
    pub async fn entry_position(
        &self,
        room_id: &str,
        after: Option<&str>,
        param: &'static str,
    ) -> Result<i64, Error> {
        match after {
            None => Ok(0),
            Some(id) => sqlx::query_scalar("SELECT seq FROM entries WHERE id = ? AND room_id = ?")
                .bind(id)
                .bind(room_id)
                .fetch_optional(&self.reader)
                .await?
                .ok_or_else(|| Error::Invalid {
                    param,
                    message: "must be the id of an entry of this room".into(),
                }),
        }
    }

    /// As [`Self::entries`], by position.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn entries_after(
        &self,
        room_id: &str,
        after_seq: i64,
        limit: Option<u32>,
    ) -> Result<Vec<Entry>, Error> {
        let rows: Vec<EntryRow> =
            sqlx::query_as("SELECT * FROM entries WHERE room_id = ? AND seq > ? ORDER BY seq LIMIT ?")
                .bind(room_id)
                .bind(after_seq)
                .bind(limit.map_or(-1, i64::from))
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
) -> Result<(), Error> {
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
    .bind(i64::try_from(entry.sequence).unwrap_or(i64::MAX))
    .bind(match entry.speaker_type {
        SpeakerType::User => USER,
        SpeakerType::Agent => AGENT,
    })
    .bind(&entry.character_id)
    .bind(&entry.speaker_identity)
    .bind(&entry.speaker_name)
    .bind(&entry.content)
    .execute(connection)
    .await?;
    Ok(())
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
