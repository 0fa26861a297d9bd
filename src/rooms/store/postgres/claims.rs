//! Claims and releases.

use std::collections::HashMap;

use async_trait::async_trait;
use sqlx::PgConnection;

use super::lock::{OfWorker, lock};
use super::{PostgresStore, characters, entries, now, participants, rooms, workers};
use crate::protocol::ReleaseRequest;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::lease::{Lease, Verdict};
use crate::rooms::room::{EndReason, Participant};
use crate::rooms::store::contract::{Asking, ClaimRows, Claimed, ClaimsMade, TIMELINE_MAX};
use crate::rooms::store::rows::{RoomRow, reason_name, signed};

#[async_trait]
impl ClaimRows for PostgresStore {
    async fn claim_if(
        &self,
        worker_id: &str,
        request_id: &str,
        capacity: u32,
        asking: Asking,
    ) -> Result<ClaimsMade, Error> {
        let mut tx = self.write().await?;
        // The same request again must see what the first one took.
        lock(&mut tx, OfWorker::Claims, worker_id).await?;
        let mut made = ClaimsMade::default();
        let mut rows = replayed(&mut tx, worker_id, request_id).await?;
        let workers::Asker {
            at,
            is_draining,
            has_lapsed,
        } = workers::asker(&mut tx, worker_id).await?;
        if asking == Asking::Still && has_lapsed {
            return Ok(ClaimsMade::out_of_touch());
        }
        if rows.is_empty() && !is_draining {
            let open = candidates(&mut tx, at, capacity).await?;
            let alive = leases_of_holders(&mut tx, worker_id, &open).await?;
            let mut hopeless = Vec::new();
            for room in open {
                let alive_until = room.worker_id.as_ref().and_then(|holder| alive.get(holder));
                match room
                    .lease()
                    .claim(worker_id, alive_until.map(|until| until.0), at.0)
                {
                    Verdict::Granted(lease) => {
                        rows.push(write_lease(&mut tx, &room.id, &lease).await?);
                        record(&mut tx, &room.id, &lease, worker_id, request_id, at).await?;
                    }
                    Verdict::GivenUp => hopeless.push(room),
                    Verdict::Refused => {}
                }
            }
            // Their holders are told in the order of their ids.
            hopeless.sort_by(|a, b| a.worker_id.cmp(&b.worker_id));
            for room in hopeless {
                rooms::end(&mut tx, &room, EndReason::Failed, at).await?;
                made.given_up.push(room.id);
            }
        }
        if rows.is_empty() {
            made.next_in_ms = next_claimable(&mut tx).await?.map(|due| due.ms_since(at).max(0));
        } else {
            // The lease begins with the claim, not with the first heartbeat.
            workers::extend(&mut tx, worker_id, at).await?;
        }
        for row in rows {
            made.claimed.push(load(&mut tx, row, at).await?);
        }
        tx.commit().await?;
        Ok(made)
    }

    async fn release(&self, room_id: &str, request: &ReleaseRequest) -> Result<bool, Error> {
        let mut tx = self.write().await?;
        let room = rooms::locked_any(&mut tx, room_id).await?;
        let at = now(&mut tx).await?;
        let released =
            match room
                .lease()
                .release(&request.worker_id, request.epoch, request.reason.into(), at.0)
            {
                Ok(released) => released,
                Err(_) if was_released(&mut tx, room_id, request).await? => {
                    return Ok(room.ended_at.is_some());
                }
                Err(_) => return Err(Error::STALE_EPOCH),
            };
        write_lease(&mut tx, room_id, &released.lease).await?;
        sqlx::query(
            "UPDATE claims SET released_at = $1, reason = $2, detail = $3 WHERE room_id = $4 AND epoch = $5",
        )
        .bind(at)
        .bind(reason_name(request.reason))
        .bind(&request.detail)
        .bind(room_id)
        .bind(room.epoch)
        .execute(&mut *tx)
        .await?;
        let mut over = room.ended_at.is_some();
        if let (Some(reason), false) = (released.ends, over) {
            let unheld = RoomRow {
                worker_id: None,
                ..room
            };
            rooms::end(&mut tx, &unheld, reason.into(), at).await?;
            over = true;
        }
        tx.commit().await?;
        Ok(over)
    }
}

pub(super) async fn write_lease(
    connection: &mut PgConnection,
    room_id: &str,
    lease: &Lease,
) -> sqlx::Result<RoomRow> {
    let holder = lease.holder.as_ref();
    sqlx::query_as(
        "UPDATE rooms SET epoch = $1, worker_id = $2, claimed_at = COALESCE($3, claimed_at), claimable_at = $4,
         failures = $5 WHERE id = $6 RETURNING *",
    )
    .bind(signed(lease.epoch))
    .bind(holder.map(|holder| &holder.worker_id))
    .bind(holder.map(|holder| holder.claimed_at_ms))
    .bind(lease.claimable_at_ms)
    .bind(i64::from(lease.failures))
    .bind(room_id)
    .fetch_one(connection)
    .await
}

/// Rooms that look free, locked, the oldest first; those that another claim has locked are its own.
///
/// Rooms without a holder and rooms of silent workers are asked for one after the other: each question has an index that
/// holds little else, while one for both would read every room that is being played.
async fn candidates(
    connection: &mut PgConnection,
    at: Timestamp,
    capacity: u32,
) -> sqlx::Result<Vec<RoomRow>> {
    let mut open: Vec<RoomRow> = sqlx::query_as(
        "SELECT * FROM rooms
         WHERE worker_id IS NULL AND started_at IS NOT NULL AND ended_at IS NULL AND claimable_at <= $1
         ORDER BY started_at, seq LIMIT $2 FOR UPDATE SKIP LOCKED",
    )
    .bind(at)
    .bind(i64::from(capacity))
    .fetch_all(&mut *connection)
    .await?;
    let silent: Vec<String> = sqlx::query_scalar("SELECT id FROM workers WHERE lease_until <= $1")
        .bind(at)
        .fetch_all(&mut *connection)
        .await?;
    if !silent.is_empty() {
        let theirs: Vec<RoomRow> = sqlx::query_as(
            "SELECT * FROM rooms WHERE worker_id = ANY($1) AND started_at IS NOT NULL AND ended_at IS NULL
             ORDER BY started_at, seq LIMIT $2 FOR UPDATE SKIP LOCKED",
        )
        .bind(silent)
        .bind(i64::from(capacity))
        .fetch_all(connection)
        .await?;
        open.extend(theirs);
        open.sort_by_key(|room| (room.started_at, room.seq));
        open.truncate(usize::try_from(capacity).unwrap_or(usize::MAX));
    }
    Ok(open)
}

/// How long the holders of locked rooms live. Their rows are locked too: a heartbeat that came first counts, a later one
/// waits. `worker_id` will be written to, so it takes its place in the order of locks.
async fn leases_of_holders(
    connection: &mut PgConnection,
    worker_id: &str,
    rooms: &[RoomRow],
) -> sqlx::Result<HashMap<String, Timestamp>> {
    let mut ids: Vec<&str> = rooms
        .iter()
        .filter_map(|room| room.worker_id.as_deref())
        .collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    ids.push(worker_id);
    let rows: Vec<(String, Timestamp)> =
        sqlx::query_as("SELECT id, lease_until FROM workers WHERE id = ANY($1) ORDER BY id FOR UPDATE")
            .bind(ids)
            .fetch_all(connection)
            .await?;
    Ok(rows.into_iter().collect())
}

/// When the next room becomes free by time alone: one that waits after a failure, or one whose holder stays silent.
async fn next_claimable(connection: &mut PgConnection) -> sqlx::Result<Option<Timestamp>> {
    // The inner order with its offset keeps Postgres from looking at the rooms of every worker: it stops at the first
    // that has some.
    sqlx::query_scalar(
        "SELECT LEAST(
           (SELECT MIN(claimable_at) FROM rooms
            WHERE worker_id IS NULL AND started_at IS NOT NULL AND ended_at IS NULL),
           (SELECT w.lease_until FROM (SELECT id, lease_until FROM workers ORDER BY lease_until OFFSET 0) w
            WHERE (SELECT r.seq FROM rooms r
                   WHERE r.worker_id = w.id AND r.started_at IS NOT NULL AND r.ended_at IS NULL LIMIT 1) IS NOT NULL
            LIMIT 1))",
    )
    .fetch_one(connection)
    .await
}

/// Rooms that this request took and that are still held under the same epoch.
async fn replayed(
    connection: &mut PgConnection,
    worker_id: &str,
    request_id: &str,
) -> sqlx::Result<Vec<RoomRow>> {
    sqlx::query_as(
        "SELECT r.* FROM claims c JOIN rooms r ON r.id = c.room_id
         WHERE c.worker_id = $1 AND c.request_id = $2 AND r.worker_id = $1 AND r.epoch = c.epoch
           AND r.ended_at IS NULL
         ORDER BY r.started_at, r.seq",
    )
    .bind(worker_id)
    .bind(request_id)
    .fetch_all(connection)
    .await
}

async fn record(
    connection: &mut PgConnection,
    room_id: &str,
    lease: &Lease,
    worker_id: &str,
    request_id: &str,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO claims (room_id, epoch, worker_id, request_id, claimed_at) VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(room_id)
    .bind(signed(lease.epoch))
    .bind(worker_id)
    .bind(request_id)
    .bind(at)
    .execute(connection)
    .await
    .map(drop)
}

async fn was_released(
    connection: &mut PgConnection,
    room_id: &str,
    request: &ReleaseRequest,
) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM claims
         WHERE room_id = $1 AND epoch = $2 AND worker_id = $3 AND released_at IS NOT NULL)",
    )
    .bind(room_id)
    .bind(signed(request.epoch))
    .bind(&request.worker_id)
    .fetch_one(connection)
    .await
}

async fn load(connection: &mut PgConnection, row: RoomRow, at: Timestamp) -> Result<Claimed, Error> {
    let cast: Vec<Participant> = participants::of_room(connection, &row.id).await?;
    let ids: Vec<&str> = cast
        .iter()
        .map(|participant| participant.character_id.as_str())
        .collect();
    let known = characters::to_play(connection, &ids).await?;
    let note = sqlx::query_scalar("SELECT note FROM rooms WHERE id = $1")
        .bind(&row.id)
        .fetch_one(&mut *connection)
        .await?;
    Ok(Claimed {
        epoch: u64::try_from(row.epoch).unwrap_or(0),
        note,
        timeline: entries::latest(&mut *connection, &row.id, TIMELINE_MAX).await?,
        age_ms: row.started_at.map_or(0, |started| at.ms_since(started).max(0)),
        characters: cast
            .iter()
            .map(|participant| known.get(&participant.character_id).cloned())
            .collect(),
        room: row.into_room(cast)?,
    })
}
