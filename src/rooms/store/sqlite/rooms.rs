//! Rooms: made, listed, started, ended.

use sqlx::SqliteConnection;

use super::{Store, changes, now, participants};
use crate::protocol::Mode;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::id::new_id;
use crate::rooms::room::{EndReason, NewRoom, Participant, Room};

#[derive(Debug, sqlx::FromRow)]
pub(super) struct RoomRow {
    pub(super) id: String,
    pub(super) project_id: String,
    pub(super) name: String,
    pub(super) mode: String,
    pub(super) scene_prompt: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) started_at: Option<Timestamp>,
    pub(super) ended_at: Option<Timestamp>,
    pub(super) record: bool,
    pub(super) livekit_room: String,
    pub(super) livekit_open: bool,
    pub(super) epoch: i64,
    pub(super) worker_id: Option<String>,
    pub(super) claimed_at: Timestamp,
    pub(super) claimable_at: Timestamp,
    pub(super) failures: i64,
}

impl RoomRow {
    pub(super) fn mode(&self) -> Mode {
        if self.mode == SCRIPTED {
            Mode::Scripted
        } else {
            Mode::Freeform
        }
    }

    pub(super) fn into_room(self, participants: Vec<Participant>) -> Room {
        Room {
            mode: self.mode(),
            id: self.id,
            created_at: self.created_at,
            project_id: self.project_id,
            name: self.name,
            scene_prompt: self.scene_prompt,
            started_at: self.started_at,
            ended_at: self.ended_at,
            participants,
            record: self.record,
            livekit_room: self.livekit_room,
        }
    }
}

const FREEFORM: &str = "freeform";
const SCRIPTED: &str = "scripted";

/// Outcome of starting a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Started {
    /// It is open for claims from now on.
    Now,
    /// It was before.
    Already,
}

/// Outcome of ending a room.
#[derive(Debug, Clone)]
pub struct Ended {
    /// The room, over.
    pub room: Room,
    /// Whether its LiveKit room may still exist.
    pub livekit_open: bool,
    /// The worker that plays it.
    pub worker_id: Option<String>,
}

impl Store {
    /// Makes a room.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_room(&self, project_id: &str, new: NewRoom) -> Result<Room, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let id = new_id("room");
        sqlx::query(
            "INSERT INTO rooms (id, project_id, name, mode, scene_prompt, record, created_at, livekit_room)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&id)
        .bind(project_id)
        .bind(&new.name)
        .bind(match new.mode {
            Mode::Freeform => FREEFORM,
            Mode::Scripted => SCRIPTED,
        })
        .bind(&new.scene_prompt)
        .bind(new.record)
        .bind(at)
        .bind(format!("p_{project_id}__{id}"))
        .execute(&mut *tx)
        .await?;
        let row = find(&mut tx, project_id, &id).await?;
        tx.commit().await?;
        Ok(row.into_room(Vec::new()))
    }

    /// One of the project's rooms, ended ones too.
    ///
    /// # Errors
    /// When there is no such room or the database fails.
    pub async fn room(&self, project_id: &str, id: &str) -> Result<Room, Error> {
        let mut connection = self.reader.acquire().await?;
        let row = find(&mut connection, project_id, id).await?;
        let participants = participants::of_room(&mut connection, id).await?;
        Ok(row.into_room(participants))
    }

    /// The project's active rooms, newest first, at most `limit` of those older than the room `after`.
    ///
    /// # Errors
    /// When `after` is no room of the project or the database fails.
    pub async fn active_rooms(
        &self,
        project_id: &str,
        after: Option<&str>,
        limit: Option<u32>,
    ) -> Result<Vec<Room>, Error> {
        // One snapshot, so that a room and its participants belong together.
        let mut tx = self.reader.begin().await?;
        let before_seq: i64 = match after {
            None => i64::MAX,
            Some(id) => sqlx::query_scalar("SELECT seq FROM rooms WHERE id = ? AND project_id = ?")
                .bind(id)
                .bind(project_id)
                .fetch_optional(&mut *tx)
                .await?
                .ok_or_else(|| Error::Invalid {
                    param: "after",
                    message: "must be the id of a room".into(),
                })?,
        };
        let rows: Vec<RoomRow> = sqlx::query_as(
            "SELECT * FROM rooms WHERE project_id = ? AND ended_at IS NULL AND seq < ?
             ORDER BY seq DESC LIMIT ?",
        )
        .bind(project_id)
        .bind(before_seq)
        .bind(limit.map_or(-1, i64::from))
        .fetch_all(&mut *tx)
        .await?;
        let mut cast = participants::of_active_rooms(&mut tx, project_id, before_seq, limit).await?;
        let rooms = rows
            .into_iter()
            .map(|row| {
                let participants = cast.remove(&row.id).unwrap_or_default();
                row.into_room(participants)
            })
            .collect();
        Ok(rooms)
    }

    /// Notes that a LiveKit room of this room's name may exist from now on.
    ///
    /// # Errors
    /// When there is no such room, it has ended, or the database fails.
    pub async fn open_livekit(&self, project_id: &str, id: &str) -> Result<Room, Error> {
        let room = self.room(project_id, id).await?;
        if room.ended_at.is_some() {
            return Err(Error::ROOM_ENDED);
        }
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

    /// Opens a room for claims.
    ///
    /// # Errors
    /// When there is no such room, it has ended or holds no character, or the database fails.
    pub async fn start_room(&self, project_id: &str, id: &str) -> Result<Started, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let row = find(&mut tx, project_id, id).await?;
        may_start(&row)?;
        if row.started_at.is_some() {
            return Ok(Started::Already);
        }
        if participants::present_count(&mut tx, id).await? == 0 {
            return Err(NO_PARTICIPANTS);
        }
        sqlx::query("UPDATE rooms SET started_at = ?1, claimable_at = ?1, livekit_open = 1 WHERE id = ?2")
            .bind(at)
            .bind(id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Started::Now)
    }

    /// Checks without changing anything what [`Self::start_room`] will check again.
    ///
    /// # Errors
    /// As [`Self::start_room`].
    pub async fn check_start(&self, project_id: &str, id: &str) -> Result<(Started, Room), Error> {
        let mut connection = self.reader.acquire().await?;
        let row = find(&mut connection, project_id, id).await?;
        may_start(&row)?;
        let participants = participants::of_room(&mut connection, id).await?;
        if row.started_at.is_some() {
            return Ok((Started::Already, row.into_room(participants)));
        }
        if participants.is_empty() {
            return Err(NO_PARTICIPANTS);
        }
        Ok((Started::Now, row.into_room(participants)))
    }

    /// Ends a room; ending it again changes nothing.
    ///
    /// # Errors
    /// When there is no such room or the database fails.
    pub async fn end_room(&self, project_id: &str, id: &str, reason: EndReason) -> Result<Ended, Error> {
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
            room: row.into_room(participants),
        })
    }

    /// Active rooms that were started before `before`, as (project, id), at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rooms_started_before(
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

    /// Notes that the LiveKit room of an ended room is gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close_livekit(&self, id: &str) -> Result<(), Error> {
        sqlx::query("UPDATE rooms SET livekit_open = 0 WHERE id = ? AND ended_at IS NOT NULL")
            .bind(id)
            .execute(&self.writer)
            .await?;
        Ok(())
    }

    /// Ended rooms whose LiveKit room may still exist, as (id, LiveKit name), at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rooms_to_close(&self, limit: u32) -> Result<Vec<(String, String)>, Error> {
        Ok(sqlx::query_as(
            "SELECT id, livekit_room FROM rooms WHERE ended_at IS NOT NULL AND livekit_open = 1
             ORDER BY ended_at LIMIT ?",
        )
        .bind(limit)
        .fetch_all(&self.reader)
        .await?)
    }
}

const NO_PARTICIPANTS: Error = Error::Conflict {
    code: "no_participants",
    message: "add at least one character before starting the room",
};

fn may_start(row: &RoomRow) -> Result<(), Error> {
    match row.ended_at {
        Some(_) => Err(Error::ROOM_ENDED),
        None => Ok(()),
    }
}

pub(super) async fn find(
    connection: &mut SqliteConnection,
    project_id: &str,
    id: &str,
) -> Result<RoomRow, Error> {
    sqlx::query_as("SELECT * FROM rooms WHERE id = ? AND project_id = ?")
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
    sqlx::query("UPDATE rooms SET ended_at = ?, end_reason = ? WHERE id = ?")
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
        changes::note(connection, worker_id, &row.id, changes::Noted::RoomEnded, at).await?;
    }
    Ok(())
}
