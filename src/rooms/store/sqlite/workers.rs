//! Heartbeats: one row a worker, whatever number of rooms it holds.

use sqlx::SqliteConnection;

use super::rooms::RoomRow;
use super::{Store, claims, now};
use crate::protocol::{HeartbeatRequest, Held};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::lease::{Beat, LEASE_MS, Lease};

/// Outcome of a heartbeat.
#[derive(Debug, Clone, Default)]
pub struct Beaten {
    /// Rooms that the worker named and does not hold under that epoch.
    pub lost: Vec<String>,
    /// Whether a room became claimable, for the worker did not name it.
    pub reopened: bool,
}

impl Store {
    /// Extends the worker's lease and compares what it holds with what is written down.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn heartbeat(&self, request: &HeartbeatRequest) -> Result<Beaten, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let held: Vec<RoomRow> = sqlx::query_as("SELECT * FROM rooms WHERE worker_id = ?")
            .bind(&request.worker_id)
            .fetch_all(&mut *tx)
            .await?;
        let mut beaten = Beaten {
            lost: request
                .rooms
                .iter()
                .filter(|named| !held.iter().any(|room| is(room, named)))
                .map(|named| named.room_id.clone())
                .collect(),
            reopened: false,
        };
        for room in held.iter().filter(|room| room.ended_at.is_none()) {
            let lease = claims::lease_of(room);
            let listed = request.rooms.iter().any(|named| is(room, named));
            if lease.beat(listed, at) == Beat::Forgotten {
                let open = Lease {
                    holder: None,
                    claimable_at: at,
                    ..lease
                };
                claims::write_lease(&mut tx, &room.id, &open).await?;
                beaten.reopened = true;
            }
        }
        extend(&mut tx, &request.worker_id, Some(request.draining), at).await?;
        tx.commit().await?;
        Ok(beaten)
    }

    /// Forgets workers whose lease ended before `before` and that hold nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_workers(&self, before: Timestamp) -> Result<(), Error> {
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

fn is(room: &RoomRow, named: &Held) -> bool {
    room.id == named.room_id && u64::try_from(room.epoch).is_ok_and(|epoch| epoch == named.epoch)
}

/// Lets the worker's claims hold for a lease from `at`; `draining` stays as it was without a word on it.
pub(super) async fn extend(
    connection: &mut SqliteConnection,
    worker_id: &str,
    draining: Option<bool>,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO workers (id, lease_until, draining) VALUES (?1, ?2, COALESCE(?3, 0))
         ON CONFLICT (id) DO UPDATE SET lease_until = ?2, draining = COALESCE(?3, draining)",
    )
    .bind(worker_id)
    .bind(at.plus_ms(LEASE_MS))
    .bind(draining)
    .execute(connection)
    .await
    .map(drop)
}

pub(super) async fn is_draining(connection: &mut SqliteConnection, worker_id: &str) -> sqlx::Result<bool> {
    let draining: Option<bool> = sqlx::query_scalar("SELECT draining FROM workers WHERE id = ?")
        .bind(worker_id)
        .fetch_optional(connection)
        .await?;
    Ok(draining.unwrap_or(false))
}
