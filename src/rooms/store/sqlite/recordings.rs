//! Recordings that are ready.

use async_trait::async_trait;

use super::{SqliteStore, now, outbox};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::list::After;
use crate::rooms::recording::Recording;
use crate::rooms::store::contract::{RecordingRows, not_a_recording};
use crate::rooms::store::rows::{RecordingRow, kind_name, page, signed};
use crate::rooms::webhooks::event::Fact;

#[async_trait]
impl RecordingRows for SqliteStore {
    async fn insert_recordings(&self, room_id: &str, recordings: &[Recording]) -> Result<bool, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let owner: Option<String> = sqlx::query_scalar(
            "UPDATE rooms SET recorded_at = ? WHERE id = ? AND recorded_at IS NULL RETURNING project_id",
        )
        .bind(at)
        .bind(room_id)
        .fetch_optional(&mut *tx)
        .await?;
        let Some(project_id) = owner else {
            return Ok(false);
        };
        for recording in recordings {
            let row: RecordingRow = sqlx::query_as(
                "INSERT INTO recordings
                 (id, room_id, kind, identity, name, character_id, reason, packets, size_bytes, started_at,
                  created_at)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
            )
            .bind(&recording.id)
            .bind(room_id)
            .bind(kind_name(recording.kind))
            .bind(&recording.identity)
            .bind(&recording.name)
            .bind(&recording.character_id)
            .bind(&recording.reason)
            .bind(signed(recording.packets))
            .bind(signed(recording.size_bytes))
            .bind(recording.started_at)
            .bind(at)
            .fetch_one(&mut *tx)
            .await?;
            outbox::queue(&mut tx, &project_id, Fact::recording_ready(&row.into())?, at).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    async fn recordings(
        &self,
        room_id: &str,
        after: After<'_>,
        limit: Option<u32>,
    ) -> Result<Vec<Recording>, Error> {
        let after_seq: i64 = match after {
            After::Nothing => 0,
            After::Position(position) => position,
            After::Item(id) => sqlx::query_scalar("SELECT seq FROM recordings WHERE id = ? AND room_id = ?")
                .bind(id)
                .bind(room_id)
                .fetch_optional(&self.reader)
                .await?
                .ok_or_else(not_a_recording)?,
        };
        let rows: Vec<RecordingRow> =
            sqlx::query_as("SELECT * FROM recordings WHERE room_id = ? AND seq > ? ORDER BY seq LIMIT ?")
                .bind(room_id)
                .bind(after_seq)
                .bind(page(limit))
                .fetch_all(&self.reader)
                .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    async fn recording(&self, id: &str) -> Result<Recording, Error> {
        let row: Option<RecordingRow> = sqlx::query_as("SELECT * FROM recordings WHERE id = ?")
            .bind(id)
            .fetch_optional(&self.reader)
            .await?;
        row.map(Into::into).ok_or(Error::NotFound("recording"))
    }

    async fn rooms_recorded_too_long(
        &self,
        now: Timestamp,
        days: Option<u32>,
        limit: u32,
    ) -> Result<Vec<String>, Error> {
        Ok(sqlx::query_scalar(
            "SELECT DISTINCT recordings.room_id FROM recordings
             JOIN rooms ON rooms.id = recordings.room_id
             JOIN projects ON projects.id = rooms.project_id
             WHERE recordings.created_at < ?1 - COALESCE(projects.recording_retention_days, ?2) * 86400000
             LIMIT ?3",
        )
        .bind(now)
        .bind(days.map(i64::from))
        .bind(page(Some(limit)))
        .fetch_all(&self.reader)
        .await?)
    }

    async fn forget_recordings(&self, room_id: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM recordings WHERE room_id = ?")
            .bind(room_id)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}
