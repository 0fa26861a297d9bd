//! Heartbeats: one row a worker, whatever number of rooms it holds.

use async_trait::async_trait;
use sqlx::PgConnection;

use super::{PostgresStore, claims, now};
use crate::protocol::HeartbeatRequest;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::lease::LEASE_MS;
use crate::rooms::store::contract::{Beaten, WorkerRows};
use crate::rooms::store::rows::{Compared, RoomRow};

#[async_trait]
impl WorkerRows for PostgresStore {
    async fn heartbeat(&self, request: &HeartbeatRequest) -> Result<Beaten, Error> {
        let mut tx = self.write().await?;
        // Locked, so that a takeover of one of them comes before the heartbeat or after it.
        let held: Vec<RoomRow> =
            sqlx::query_as("SELECT * FROM rooms WHERE worker_id = $1 ORDER BY seq FOR UPDATE")
                .bind(&request.worker_id)
                .fetch_all(&mut *tx)
                .await?;
        let at = now(&mut tx).await?;
        let Compared { lost, reopened } = Compared::new(&held, &request.rooms, at);
        for (room_id, lease) in &reopened {
            claims::write_lease(&mut tx, room_id, lease).await?;
        }
        extend(&mut tx, &request.worker_id, Some(request.draining), at).await?;
        tx.commit().await?;
        Ok(Beaten {
            lost,
            reopened: !reopened.is_empty(),
        })
    }

    async fn forget_workers(&self, before: Timestamp) -> Result<(), Error> {
        sqlx::query(
            "DELETE FROM workers WHERE lease_until < $1
             AND NOT EXISTS (SELECT 1 FROM rooms WHERE rooms.worker_id = workers.id AND ended_at IS NULL)",
        )
        .bind(before)
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

/// Lets the worker's claims hold for a lease from `at`; `draining` stays as it was without a word on it.
pub(super) async fn extend(
    connection: &mut PgConnection,
    worker_id: &str,
    draining: Option<bool>,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO workers (id, lease_until, draining) VALUES ($1, $2, COALESCE($3::boolean, false))
         ON CONFLICT (id) DO UPDATE SET lease_until = $2, draining = COALESCE($3::boolean, workers.draining)",
    )
    .bind(worker_id)
    .bind(at.plus_ms(LEASE_MS))
    .bind(draining)
    .execute(connection)
    .await
    .map(drop)
}

pub(super) async fn is_draining(connection: &mut PgConnection, worker_id: &str) -> sqlx::Result<bool> {
    let draining: Option<bool> = sqlx::query_scalar("SELECT draining FROM workers WHERE id = $1")
        .bind(worker_id)
        .fetch_optional(connection)
        .await?;
    Ok(draining.unwrap_or(false))
}
