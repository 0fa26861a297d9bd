//! Recordings that are ready.

use super::{Store, now};
use crate::protocol::TrackKind;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::recording::Recording;

#[derive(sqlx::FromRow)]
struct RecordingRow {
    id: String,
    room_id: String,
    kind: String,
    identity: Option<String>,
    name: Option<String>,
    character_id: Option<String>,
    reason: Option<String>,
    packets: i64,
    size_bytes: i64,
    started_at: Timestamp,
    created_at: Timestamp,
}

const PARTICIPANT: &str = "participant";
const MIX: &str = "mix";

impl From<RecordingRow> for Recording {
    fn from(row: RecordingRow) -> Self {
        Self {
            id: row.id,
            room_id: row.room_id,
            kind: if row.kind == MIX {
                TrackKind::Mix
            } else {
                TrackKind::Participant
            },
            identity: row.identity,
            name: row.name,
            character_id: row.character_id,
            reason: row.reason,
            packets: u64::try_from(row.packets).unwrap_or(0),
            size_bytes: u64::try_from(row.size_bytes).unwrap_or(0),
            started_at: row.started_at,
            created_at: row.created_at,
        }
    }
}

impl Store {
    /// Writes down the recordings of a room, in this order, and that it has been joined. Answers whether they
    /// are its recordings now: another server may have been faster.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_recordings(&self, room_id: &str, recordings: &[Recording]) -> Result<bool, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let joined = sqlx::query("UPDATE rooms SET recorded_at = ? WHERE id = ? AND recorded_at IS NULL")
            .bind(at)
            .bind(room_id)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        if joined == 0 {
            return Ok(false);
        }
        for recording in recordings {
            sqlx::query(
                "INSERT INTO recordings
                 (id, room_id, kind, identity, name, character_id, reason, packets, size_bytes, started_at,
                  created_at)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            )
            .bind(&recording.id)
            .bind(room_id)
            .bind(match recording.kind {
                TrackKind::Participant => PARTICIPANT,
                TrackKind::Mix => MIX,
            })
            .bind(&recording.identity)
            .bind(&recording.name)
            .bind(&recording.character_id)
            .bind(&recording.reason)
            .bind(i64::try_from(recording.packets).unwrap_or(i64::MAX))
            .bind(i64::try_from(recording.size_bytes).unwrap_or(i64::MAX))
            .bind(recording.started_at)
            .bind(at)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// The recordings of a room, the mix first, at most `limit` after the recording `after`. The caller has seen
    /// that the room is the project's.
    ///
    /// # Errors
    /// When `after` is no recording of the room or the database fails.
    pub async fn recordings(
        &self,
        room_id: &str,
        after: Option<&str>,
        limit: Option<u32>,
    ) -> Result<Vec<Recording>, Error> {
        let after_seq: i64 = match after {
            None => 0,
            Some(id) => sqlx::query_scalar("SELECT seq FROM recordings WHERE id = ? AND room_id = ?")
                .bind(id)
                .bind(room_id)
                .fetch_optional(&self.reader)
                .await?
                .ok_or_else(|| Error::Invalid {
                    param: "after",
                    message: "must be the id of a recording of this room".into(),
                })?,
        };
        let rows: Vec<RecordingRow> =
            sqlx::query_as("SELECT * FROM recordings WHERE room_id = ? AND seq > ? ORDER BY seq LIMIT ?")
                .bind(room_id)
                .bind(after_seq)
                .bind(limit.map_or(-1, i64::from))
                .fetch_all(&self.reader)
                .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// A recording of any project, for those who have a link.
    ///
    /// # Errors
    /// When there is none or the database fails.
    pub async fn recording(&self, id: &str) -> Result<Recording, Error> {
        let row: Option<RecordingRow> = sqlx::query_as("SELECT * FROM recordings WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.reader)
            .await?;
        row.map(Into::into).ok_or(Error::NotFound("recording"))
    }

    /// Rooms whose recordings were joined before `before`, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rooms_recorded_before(&self, before: Timestamp, limit: u32) -> Result<Vec<String>, Error> {
        Ok(
            sqlx::query_scalar("SELECT DISTINCT room_id FROM recordings WHERE created_at < ? LIMIT ?")
                .bind(before)
                .bind(limit)
                .fetch_all(&self.reader)
                .await?,
        )
    }

    /// Forgets the recordings of a room.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_recordings(&self, room_id: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM recordings WHERE room_id = ?")
            .bind(room_id)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}
