//! Heartbeats: one row a worker, whatever number of rooms it holds.

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::{SqliteStore, claims, now};
use crate::protocol::HeartbeatRequest;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::lease::{LEASE_MS, is_overtaken};
use crate::rooms::store::contract::{Beaten, RoomNote, WorkerRows};
use crate::rooms::store::rows::{BeatRow, Compared, signed};

#[async_trait]
impl WorkerRows for SqliteStore {
    async fn heartbeat(&self, request: &HeartbeatRequest) -> Result<Beaten, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let held: Vec<BeatRow> = sqlx::query_as(
            "SELECT id, ended_at, epoch, worker_id, claimed_at, claimable_at, failures FROM rooms
             WHERE worker_id = ?",
        )
        .bind(&request.worker_id)
        .fetch_all(&mut *tx)
        .await?;
        let Compared { lost, reopened } = Compared::new(&held, &request.rooms, request.draining, at);
        let latest: Option<i64> = sqlx::query_scalar("SELECT beat FROM workers WHERE id = ?")
            .bind(&request.worker_id)
            .fetch_optional(&mut *tx)
            .await?;
        if is_overtaken(request.beat, latest.unwrap_or(0).unsigned_abs()) {
            return Ok(Beaten {
                lost,
                reopened: false,
            });
        }
        for (room_id, lease) in &reopened {
            claims::write_lease(&mut tx, room_id, lease).await?;
        }
        sqlx::query(
            "INSERT INTO workers (id, lease_until, draining, beat) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET lease_until = ?2, draining = ?3, beat = ?4",
        )
        .bind(&request.worker_id)
        .bind(at.plus_ms(LEASE_MS))
        .bind(request.draining)
        .bind(signed(request.beat.unwrap_or(0)))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(Beaten {
            lost,
            reopened: !reopened.is_empty(),
        })
    }

    async fn note_down(&self, worker_id: &str, notes: &[RoomNote]) -> Result<(), Error> {
        let mut tx = self.write().await?;
        for note in notes {
            sqlx::query(
                "UPDATE rooms SET note = ? WHERE id = ? AND epoch = ? AND worker_id = ? AND ended_at IS NULL",
            )
            .bind(&note.note)
            .bind(&note.room_id)
            .bind(signed(note.epoch))
            .bind(worker_id)
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }

    async fn forget_workers(&self, before: Timestamp) -> Result<(), Error> {
        sqlx::query(
            "DELETE FROM workers WHERE lease_until < ?
             AND NOT EXISTS (SELECT 1 FROM rooms WHERE rooms.worker_id = workers.id AND ended_at IS NULL)",
        )
        .bind(before)
        .execute(&self.writer)
        .await?;
        Ok(())
    }
}

/// Lets the worker's claims hold for a lease from `at`.
pub(super) async fn extend(
    connection: &mut SqliteConnection,
    worker_id: &str,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO workers (id, lease_until) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET lease_until = ?2",
    )
    .bind(worker_id)
    .bind(at.plus_ms(LEASE_MS))
    .execute(connection)
    .await
    .map(drop)
}

/// How a worker stands when it asks for rooms: one question to the database.
#[derive(sqlx::FromRow)]
pub(super) struct Asker {
    /// The time now.
    pub(super) at: Timestamp,
    pub(super) is_draining: bool,
    /// The lease has run out under which it holds rooms.
    pub(super) has_lapsed: bool,
}

pub(super) async fn asker(connection: &mut SqliteConnection, worker_id: &str) -> sqlx::Result<Asker> {
    sqlx::query_as(
        "SELECT t.at AS at, COALESCE(w.draining, false) AS is_draining,
           COALESCE(w.lease_until <= t.at, false) AND EXISTS (
             SELECT 1 FROM rooms r WHERE r.worker_id = w.id AND r.ended_at IS NULL) AS has_lapsed
         FROM (SELECT CAST(ROUND(unixepoch('subsec') * 1000) AS INTEGER) AS at) t
         LEFT JOIN workers w ON w.id = ?1",
    )
    .bind(worker_id)
    .fetch_one(connection)
    .await
}
