//! Rooms: made, listed, started, ended.

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::{SqliteStore, changes, now, outbox, participants, usage};
use crate::protocol::Ambience;
use crate::rooms::Timestamp;
use crate::rooms::allowance::Allowance;
use crate::rooms::error::Error;
use crate::rooms::list::After;
use crate::rooms::room::{EndReason, NewRoom, Room};
use crate::rooms::store::contract::{Ended, NO_PARTICIPANTS, RoomRows, Started, not_a_room};
use crate::rooms::store::rows::{Noted, RoomRow, page};
use crate::rooms::webhooks::event::EventKind;

#[async_trait]
impl RoomRows for SqliteStore {
    async fn insert_room(&self, project_id: &str, new: NewRoom) -> Result<Room, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let row = insert(&mut tx, project_id, &new, at).await?;
        tx.commit().await?;
        row.into_room(Vec::new())
    }

    async fn room(&self, project_id: &str, id: &str) -> Result<Room, Error> {
        let mut connection = self.reader.acquire().await?;
        let row = find(&mut connection, project_id, id).await?;
        let participants = participants::of_room(&mut connection, id).await?;
        row.into_room(participants)
    }

    async fn check_room(&self, project_id: &str, id: &str) -> Result<(), Error> {
        let mut connection = self.reader.acquire().await?;
        find(&mut connection, project_id, id).await.map(drop)
    }

    async fn active_rooms(
        &self,
        project_id: &str,
        after: After<'_>,
        limit: Option<u32>,
    ) -> Result<Vec<Room>, Error> {
        // One snapshot, so that a room and its participants belong together.
        let mut tx = self.reader.begin().await?;
        let before_seq: i64 = match after {
            After::Nothing => i64::MAX,
            After::Position(position) => position,
            After::Item(id) => sqlx::query_scalar(
                "SELECT seq FROM rooms WHERE id = ? AND project_id = ? AND surface = 'voice'",
            )
            .bind(id)
            .bind(project_id)
            .fetch_optional(&mut *tx)
            .await?
            .ok_or_else(not_a_room)?,
        };
        let rows: Vec<RoomRow> = sqlx::query_as(
            "SELECT * FROM rooms WHERE project_id = ? AND surface = 'voice' AND ended_at IS NULL AND seq < ?
             ORDER BY seq DESC LIMIT ?",
        )
        .bind(project_id)
        .bind(before_seq)
        .bind(page(limit))
        .fetch_all(&mut *tx)
        .await?;
        let cast = participants::of_active_rooms(&mut tx, project_id, before_seq, limit).await?;
        RoomRow::into_rooms(rows, cast)
    }

    async fn open_livekit(&self, project_id: &str, id: &str) -> Result<Room, Error> {
        let room = self.room(project_id, id).await?;
        let open = sqlx::query("UPDATE rooms SET livekit_open = 1 WHERE id = ? AND ended_at IS NULL")
            .bind(id)
            .execute(&self.writer)
            .await?
            .rows_affected();
        if open == 0 {
            Err(Error::ROOM_ENDED)
        } else {
            Ok(room)
        }
    }

    async fn start_room(&self, project_id: &str, id: &str, allowance: Allowance) -> Result<Started, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let row = find(&mut tx, project_id, id).await?;
        row.must_be_active()?;
        if row.started_at.is_some() {
            return Ok(Started::Already);
        }
        if participants::present_count(&mut tx, id).await? == 0 {
            return Err(NO_PARTICIPANTS);
        }
        allowance.admit(&usage::of(&mut tx, project_id, at).await?)?;
        sqlx::query("UPDATE rooms SET started_at = ?1, claimable_at = ?1, livekit_open = 1 WHERE id = ?2")
            .bind(at)
            .bind(id)
            .execute(&mut *tx)
            .await?;
        outbox::queue_room(&mut tx, &row, EventKind::RoomStarted, at).await?;
        tx.commit().await?;
        Ok(Started::Now)
    }

    async fn check_start(&self, project_id: &str, id: &str) -> Result<(Started, Room), Error> {
        let mut connection = self.reader.acquire().await?;
        let row = find(&mut connection, project_id, id).await?;
        row.must_be_active()?;
        let participants = participants::of_room(&mut connection, id).await?;
        if row.started_at.is_some() {
            return Ok((Started::Already, row.into_room(participants)?));
        }
        if participants.is_empty() {
            return Err(NO_PARTICIPANTS);
        }
        Ok((Started::Now, row.into_room(participants)?))
    }

    async fn end_room(&self, project_id: &str, id: &str, reason: EndReason) -> Result<Ended, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let row = find(&mut tx, project_id, id).await?;
        if row.ended_at.is_none() {
            end(&mut tx, &row, reason, at).await?;
        }
        let row = find(&mut tx, project_id, id).await?;
        let participants = participants::of_room(&mut tx, id).await?;
        tx.commit().await?;
        Ok(Ended {
            livekit_open: row.livekit_open,
            worker_id: row.worker_id.clone(),
            room: row.into_room(participants)?,
        })
    }

    async fn rooms_started_before(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<(String, String)>, Error> {
        Ok(sqlx::query_as(
            "SELECT project_id, id FROM rooms WHERE started_at < ? AND ended_at IS NULL
             ORDER BY started_at LIMIT ?",
        )
        .bind(before)
        .bind(limit)
        .fetch_all(&self.reader)
        .await?)
    }

    async fn close_livekit(&self, id: &str) -> Result<(), Error> {
        sqlx::query("UPDATE rooms SET livekit_open = 0 WHERE id = ? AND ended_at IS NOT NULL")
            .bind(id)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    async fn rooms_to_close(&self, limit: u32) -> Result<Vec<(String, String)>, Error> {
        Ok(sqlx::query_as(
            "SELECT id, livekit_room FROM rooms WHERE ended_at IS NOT NULL AND livekit_open = 1
             ORDER BY ended_at LIMIT ?",
        )
        .bind(limit)
        .fetch_all(&self.reader)
        .await?)
    }
}

/// Makes a room, within a transaction; a surface adds what is its own in the same one.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    project_id: &str,
    new: &NewRoom,
    at: Timestamp,
) -> Result<RoomRow, Error> {
    let id = new.surface.new_room_id();
    Ok(sqlx::query_as(
        "INSERT INTO rooms (id, project_id, surface, name, mode, scene_prompt, ambience, record, created_at,
           livekit_room)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
    )
    .bind(&id)
    .bind(project_id)
    .bind(new.surface.as_str())
    .bind(&new.name)
    .bind(RoomRow::mode(new.mode))
    .bind(&new.scene_prompt)
    .bind(new.ambience.map(Ambience::as_str))
    .bind(new.record)
    .bind(at)
    .bind(new.surface.livekit_room(project_id, &id))
    .fetch_one(connection)
    .await?)
}

/// A room of the project that is there to be played: what has a row in `chat_rooms` is written in, never started.
pub(super) async fn find(
    connection: &mut SqliteConnection,
    project_id: &str,
    id: &str,
) -> Result<RoomRow, Error> {
    sqlx::query_as(
        "SELECT * FROM rooms WHERE id = ? AND project_id = ?
         AND NOT EXISTS (SELECT 1 FROM chat_rooms c WHERE c.room_id = rooms.id)",
    )
    .bind(id)
    .bind(project_id)
    .fetch_optional(connection)
    .await?
    .ok_or(Error::NotFound("room"))
}

/// A room of any project, for workers.
pub(super) async fn find_any(connection: &mut SqliteConnection, id: &str) -> Result<RoomRow, Error> {
    sqlx::query_as("SELECT * FROM rooms WHERE id = ?")
        .bind(id)
        .fetch_optional(connection)
        .await?
        .ok_or(Error::NotFound("room"))
}

/// Ends an active room: everyone leaves, the holder is told.
pub(super) async fn end(
    connection: &mut SqliteConnection,
    row: &RoomRow,
    reason: EndReason,
    at: Timestamp,
) -> Result<(), Error> {
    sqlx::query("UPDATE rooms SET ended_at = ?, end_reason = ?, note = NULL WHERE id = ?")
        .bind(at)
        .bind(reason.as_str())
        .bind(&row.id)
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE participants SET left_at = ? WHERE room_id = ? AND left_at IS NULL")
        .bind(at)
        .bind(&row.id)
        .execute(&mut *connection)
        .await?;
    if let Some(worker_id) = &row.worker_id {
        changes::note(connection, worker_id, &row.id, Noted::RoomEnded, at).await?;
    }
    outbox::queue_room(connection, row, EventKind::RoomEnded, at).await
}
