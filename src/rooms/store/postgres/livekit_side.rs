//! LiveKit's side of rooms.

use async_trait::async_trait;

use super::{PostgresStore, now};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::reconcile::Played;
use crate::rooms::store::contract::{LiveKitRows, PlayedIn};
use crate::rooms::store::rows::PlayedRow;

#[async_trait]
impl LiveKitRows for PostgresStore {
    async fn room_played_in(&self, livekit_room: &str) -> Result<Option<PlayedIn>, Error> {
        Ok(sqlx::query_as(
            "SELECT project_id, id AS room_id, started_at IS NOT NULL AS started FROM rooms
             WHERE livekit_room = $1",
        )
        .bind(livekit_room)
        .fetch_optional(&self.pool)
        .await?)
    }

    async fn rooms_played(&self, after: i64, limit: u32) -> Result<Vec<Played>, Error> {
        let rows: Vec<PlayedRow> = sqlx::query_as(
            "SELECT r.seq, r.id, r.livekit_room, r.mode, w.nobody_since
             FROM rooms r LEFT JOIN livekit_watch w ON w.room_id = r.id
             WHERE r.started_at IS NOT NULL AND r.ended_at IS NULL AND r.seq > $1
             ORDER BY r.seq LIMIT $2",
        )
        .bind(after)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    async fn watch_room(&self, room_id: &str, at: Timestamp) -> Result<(), Error> {
        sqlx::query(
            "INSERT INTO livekit_watch (room_id, nobody_since) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(room_id)
        .bind(at)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    async fn unwatch_room(&self, room_id: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM livekit_watch WHERE room_id = $1")
            .bind(room_id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn note_livekit_event(&self, event_id: &str) -> Result<bool, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let new =
            sqlx::query("INSERT INTO livekit_events (id, told_at) VALUES ($1, $2) ON CONFLICT DO NOTHING")
                .bind(event_id)
                .bind(at)
                .execute(&mut *tx)
                .await?
                .rows_affected();
        tx.commit().await?;
        Ok(new > 0)
    }

    async fn forget_livekit_event(&self, event_id: &str) -> Result<(), Error> {
        sqlx::query("DELETE FROM livekit_events WHERE id = $1")
            .bind(event_id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn forget_livekit_side(&self, before: Timestamp) -> Result<(), Error> {
        sqlx::query("DELETE FROM livekit_events WHERE told_at < $1")
            .bind(before)
            .execute(&self.pool)
            .await?;
        sqlx::query("DELETE FROM livekit_watch WHERE room_id IN (SELECT id FROM rooms WHERE ended_at < $1)")
            .bind(before)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
