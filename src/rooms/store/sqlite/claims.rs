//! Claims and releases.

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::{SqliteStore, characters, entries, now, participants, rooms, workers};
use crate::protocol::ReleaseRequest;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::lease::{Lease, Verdict};
use crate::rooms::room::{EndReason, Participant};
use crate::rooms::store::contract::{Asking, ClaimRows, Claimed, ClaimsMade, TIMELINE_MAX};
use crate::rooms::store::rows::{RoomRow, reason_name, signed};

#[derive(sqlx::FromRow)]
struct CandidateRow {
    #[sqlx(flatten)]
    room: RoomRow,
    alive_until: Option<Timestamp>,
}

#[async_trait]
impl ClaimRows for SqliteStore {
    async fn claim_if(
        &self,
        worker_id: &str,
        request_id: &str,
        capacity: u32,
        asking: Asking,
    ) -> Result<ClaimsMade, Error> {
        let mut tx = self.write().await?;
        let workers::Asker {
            at,
            is_draining,
            has_lapsed,
        } = workers::asker(&mut tx, worker_id).await?;
        if asking == Asking::Still && has_lapsed {
            return Ok(ClaimsMade::out_of_touch());
        }
        let mut made = ClaimsMade::default();
        let mut rows = replayed(&mut tx, worker_id, request_id).await?;
        if rows.is_empty() && !is_draining {
            for candidate in candidates(&mut tx, at, capacity).await? {
                let CandidateRow { room, alive_until } = candidate;
                match room
                    .lease()
                    .claim(worker_id, alive_until.map(|until| until.0), at.0)
                {
                    Verdict::Granted(lease) => {
                        write_lease(&mut tx, &room.id, &lease).await?;
                        record(&mut tx, &room.id, &lease, worker_id, request_id, at).await?;
                        rows.push(rooms::find_any(&mut tx, &room.id).await?);
                    }
                    Verdict::GivenUp => {
                        rooms::end(&mut tx, &room, EndReason::Failed, at).await?;
                        made.given_up.push(room.id);
                    }
                    Verdict::Refused => {}
                }
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
        let at = now(&mut tx).await?;
        let room = rooms::find_any(&mut tx, room_id).await?;
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
            "UPDATE claims SET released_at = ?, reason = ?, detail = ? WHERE room_id = ? AND epoch = ?",
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
    connection: &mut SqliteConnection,
    room_id: &str,
    lease: &Lease,
) -> sqlx::Result<()> {
    let holder = lease.holder.as_ref();
    sqlx::query(
        "UPDATE rooms SET epoch = ?, worker_id = ?, claimed_at = COALESCE(?, claimed_at), claimable_at = ?,
         failures = ? WHERE id = ?",
    )
    .bind(signed(lease.epoch))
    .bind(holder.map(|holder| &holder.worker_id))
    .bind(holder.map(|holder| holder.claimed_at_ms))
    .bind(lease.claimable_at_ms)
    .bind(lease.failures)
    .bind(room_id)
    .execute(connection)
    .await
    .map(drop)
}

async fn candidates(
    connection: &mut SqliteConnection,
    at: Timestamp,
    capacity: u32,
) -> sqlx::Result<Vec<CandidateRow>> {
    sqlx::query_as(
        "SELECT *, NULL AS alive_until FROM rooms
         WHERE worker_id IS NULL AND started_at IS NOT NULL AND ended_at IS NULL AND claimable_at <= ?1
         UNION ALL
         SELECT r.*, w.lease_until FROM workers w CROSS JOIN rooms r ON r.worker_id = w.id
         WHERE w.lease_until <= ?1 AND r.started_at IS NOT NULL AND r.ended_at IS NULL
         ORDER BY started_at, seq LIMIT ?2",
    )
    .bind(at)
    .bind(capacity)
    .fetch_all(connection)
    .await
}

async fn next_claimable(connection: &mut SqliteConnection) -> sqlx::Result<Option<Timestamp>> {
    sqlx::query_scalar(
        "SELECT MIN(due) FROM (
           SELECT MIN(claimable_at) AS due FROM rooms
           WHERE worker_id IS NULL AND started_at IS NOT NULL AND ended_at IS NULL
           UNION ALL
           SELECT MIN(lease_until) FROM workers w WHERE EXISTS (
             SELECT 1 FROM rooms r
             WHERE r.worker_id = w.id AND r.started_at IS NOT NULL AND r.ended_at IS NULL))",
    )
    .fetch_one(connection)
    .await
}

/// Rooms that this request took and that are still held under the same epoch.
async fn replayed(
    connection: &mut SqliteConnection,
    worker_id: &str,
    request_id: &str,
) -> sqlx::Result<Vec<RoomRow>> {
    sqlx::query_as(
        "SELECT r.* FROM claims c JOIN rooms r ON r.id = c.room_id
         WHERE c.worker_id = ?1 AND c.request_id = ?2 AND r.worker_id = ?1 AND r.epoch = c.epoch
           AND r.ended_at IS NULL
         ORDER BY r.started_at, r.seq",
    )
    .bind(worker_id)
    .bind(request_id)
    .fetch_all(connection)
    .await
}

async fn record(
    connection: &mut SqliteConnection,
    room_id: &str,
    lease: &Lease,
    worker_id: &str,
    request_id: &str,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO claims (room_id, epoch, worker_id, request_id, claimed_at) VALUES (?, ?, ?, ?, ?)",
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
    connection: &mut SqliteConnection,
    room_id: &str,
    request: &ReleaseRequest,
) -> sqlx::Result<bool> {
    sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM claims
         WHERE room_id = ? AND epoch = ? AND worker_id = ? AND released_at IS NOT NULL)",
    )
    .bind(room_id)
    .bind(signed(request.epoch))
    .bind(&request.worker_id)
    .fetch_one(connection)
    .await
}

async fn load(connection: &mut SqliteConnection, row: RoomRow, at: Timestamp) -> Result<Claimed, Error> {
    let cast: Vec<Participant> = participants::of_room(connection, &row.id).await?;
    let mut known = Vec::with_capacity(cast.len());
    for participant in &cast {
        known.push(characters::to_play(connection, &participant.character_id).await?);
    }
    let note = sqlx::query_scalar("SELECT note FROM rooms WHERE id = ?")
        .bind(&row.id)
        .fetch_one(&mut *connection)
        .await?;
    Ok(Claimed {
        epoch: u64::try_from(row.epoch).unwrap_or(0),
        note,
        timeline: entries::latest(&mut *connection, &row.id, TIMELINE_MAX).await?,
        age_ms: row.started_at.map_or(0, |started| at.ms_since(started).max(0)),
        characters: known,
        room: row.into_room(cast)?,
    })
}
