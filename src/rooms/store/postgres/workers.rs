//! Heartbeats: one row a worker, whatever number of rooms it holds.

use async_trait::async_trait;
use sqlx::PgConnection;

use super::{PostgresStore, claims, now};
use crate::protocol::HeartbeatRequest;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::lease::{LEASE_MS, is_overtaken};
use crate::rooms::store::contract::{Beaten, RoomNote, WorkerRows};
use crate::rooms::store::rows::{BeatRow, Compared, signed};

#[async_trait]
impl WorkerRows for PostgresStore {
    async fn heartbeat(&self, request: &HeartbeatRequest) -> Result<Beaten, Error> {
        match beat(self, request, Locks::Worker).await? {
            Some(beaten) => Ok(beaten),
            None => Ok(beat(self, request, Locks::RoomsAndWorker)
                .await?
                .unwrap_or_default()),
        }
    }

    async fn note_down(&self, worker_id: &str, notes: &[RoomNote]) -> Result<(), Error> {
        let rooms: Vec<&str> = notes.iter().map(|note| note.room_id.as_str()).collect();
        let epochs: Vec<i64> = notes.iter().map(|note| signed(note.epoch)).collect();
        let texts: Vec<Option<&str>> = notes.iter().map(|note| note.note.as_deref()).collect();
        // Rooms are locked in the order that a heartbeat locks them in.
        sqlx::query(
            "WITH held AS (
               SELECT id FROM rooms WHERE worker_id = $1 AND id = ANY($2) AND ended_at IS NULL
               ORDER BY seq FOR UPDATE)
             UPDATE rooms SET note = told.note
             FROM held, UNNEST($2::text[], $3::bigint[], $4::text[]) AS told (id, epoch, note)
             WHERE rooms.id = held.id AND told.id = held.id AND rooms.epoch = told.epoch
               AND rooms.worker_id = $1",
        )
        .bind(worker_id)
        .bind(rooms)
        .bind(epochs)
        .bind(texts)
        .execute(&self.pool)
        .await?;
        Ok(())
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

/// What a heartbeat locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Locks {
    /// The worker's row, which a takeover locks too: it comes before the heartbeat or after it. Locking the rooms as well
    /// would write to each of them, every two seconds.
    Worker,
    /// First the rooms, because one is to be opened again.
    RoomsAndWorker,
}

/// One heartbeat; nothing, and nothing done, when it needs the locks of rooms and did not take them.
async fn beat(
    store: &PostgresStore,
    request: &HeartbeatRequest,
    locks: Locks,
) -> Result<Option<Beaten>, Error> {
    let mut tx = store.write().await?;
    if locks == Locks::RoomsAndWorker {
        sqlx::query("SELECT 1 FROM rooms WHERE worker_id = $1 ORDER BY seq FOR UPDATE")
            .bind(&request.worker_id)
            .execute(&mut *tx)
            .await?;
    }
    // Two heartbeats of a worker come one after the other.
    let latest: Option<i64> = sqlx::query_scalar("SELECT beat FROM workers WHERE id = $1 FOR UPDATE")
        .bind(&request.worker_id)
        .fetch_optional(&mut *tx)
        .await?;
    let at = now(&mut tx).await?;
    let held: Vec<BeatRow> = sqlx::query_as(
        "SELECT id, ended_at, epoch, worker_id, claimed_at, claimable_at, failures FROM rooms
         WHERE worker_id = $1",
    )
    .bind(&request.worker_id)
    .fetch_all(&mut *tx)
    .await?;
    let Compared { lost, reopened } = Compared::new(&held, &request.rooms, request.draining, at);
    if is_overtaken(request.beat, latest.unwrap_or(0).unsigned_abs()) {
        return Ok(Some(Beaten {
            lost,
            reopened: false,
        }));
    }
    if !reopened.is_empty() && locks == Locks::Worker {
        return Ok(None);
    }
    for (room_id, lease) in &reopened {
        claims::write_lease(&mut tx, room_id, lease).await?;
    }
    sqlx::query(
        "INSERT INTO workers (id, lease_until, draining, beat) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET lease_until = $2, draining = $3, beat = $4",
    )
    .bind(&request.worker_id)
    .bind(at.plus_ms(LEASE_MS))
    .bind(request.draining)
    .bind(signed(request.beat.unwrap_or(0)))
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Some(Beaten {
        lost,
        reopened: !reopened.is_empty(),
    }))
}

/// Lets the worker's claims hold for a lease from `at`.
pub(super) async fn extend(
    connection: &mut PgConnection,
    worker_id: &str,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO workers (id, lease_until) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET lease_until = $2",
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

pub(super) async fn asker(connection: &mut PgConnection, worker_id: &str) -> sqlx::Result<Asker> {
    sqlx::query_as(
        "SELECT t.at AS at, COALESCE(w.draining, false) AS is_draining,
           COALESCE(w.lease_until <= t.at, false) AND EXISTS (
             SELECT 1 FROM rooms r WHERE r.worker_id = w.id AND r.ended_at IS NULL) AS has_lapsed
         FROM (SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS at) t
         LEFT JOIN workers w ON w.id = $1",
    )
    .bind(worker_id)
    .fetch_one(connection)
    .await
}
