//! Who is in a room.

use std::collections::HashMap;

use sqlx::SqliteConnection;

use super::changes::{self, Noted};
use super::{Store, now, rooms};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::id::new_id;
use crate::rooms::room::{CAST_MAX, Participant, agent_identity};

#[derive(sqlx::FromRow)]
struct ParticipantRow {
    id: String,
    room_id: String,
    character_id: String,
    conversation_id: String,
    created_at: Timestamp,
    left_at: Option<Timestamp>,
}

impl From<ParticipantRow> for Participant {
    fn from(row: ParticipantRow) -> Self {
        Self {
            livekit_identity: agent_identity(&row.character_id),
            id: row.id,
            created_at: row.created_at,
            room_id: row.room_id,
            character_id: row.character_id,
            conversation_id: row.conversation_id,
            left_at: row.left_at,
        }
    }
}

/// Outcome of adding a character.
#[derive(Debug, Clone)]
pub struct Added {
    /// Its participant.
    pub participant: Participant,
    /// Whether it was not there before.
    pub new: bool,
    /// The worker that plays the room.
    pub worker_id: Option<String>,
}

/// Outcome of removing a character.
#[derive(Debug, Clone)]
pub struct Removed {
    /// Its participant, gone.
    pub participant: Participant,
    /// The worker that plays the room.
    pub worker_id: Option<String>,
    /// Name of the LiveKit room, when it may exist.
    pub livekit_room: Option<String>,
}

impl Store {
    /// Adds a character, which the caller knows to exist, to a room.
    ///
    /// # Errors
    /// When there is no such room, it has ended or is full, or the database fails.
    pub async fn add_participant(
        &self,
        project_id: &str,
        room_id: &str,
        character_id: &str,
    ) -> Result<Added, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let room = rooms::find(&mut tx, project_id, room_id).await?;
        if room.ended_at.is_some() {
            return Err(Error::ROOM_ENDED);
        }
        if let Some(row) = present(&mut tx, room_id, character_id).await? {
            return Ok(Added {
                participant: row.into(),
                new: false,
                worker_id: room.worker_id,
            });
        }
        if present_count(&mut tx, room_id).await? >= CAST_MAX {
            return Err(Error::Conflict {
                code: "room_full",
                message: "the room holds as many characters as it may; remove one first",
            });
        }
        let row = ParticipantRow {
            id: new_id("participant"),
            room_id: room_id.to_owned(),
            character_id: character_id.to_owned(),
            conversation_id: new_id("conv"),
            created_at: at,
            left_at: None,
        };
        sqlx::query(
            "INSERT INTO participants (id, room_id, character_id, conversation_id, created_at)
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(&row.id)
        .bind(room_id)
        .bind(character_id)
        .bind(&row.conversation_id)
        .bind(at)
        .execute(&mut *tx)
        .await?;
        if let Some(worker_id) = &room.worker_id {
            changes::note(&mut tx, worker_id, room_id, Noted::Added(&row.id), at).await?;
        }
        tx.commit().await?;
        Ok(Added {
            participant: row.into(),
            new: true,
            worker_id: room.worker_id,
        })
    }

    /// Removes a character from a room.
    ///
    /// # Errors
    /// When there is no such room, it has ended or the character is not in it, or the database fails.
    pub async fn remove_participant(
        &self,
        project_id: &str,
        room_id: &str,
        character_id: &str,
    ) -> Result<Removed, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let room = rooms::find(&mut tx, project_id, room_id).await?;
        if room.ended_at.is_some() {
            return Err(Error::ROOM_ENDED);
        }
        let mut row = present(&mut tx, room_id, character_id)
            .await?
            .ok_or(Error::NotFound("participant"))?;
        sqlx::query("UPDATE participants SET left_at = ? WHERE id = ?")
            .bind(at)
            .bind(&row.id)
            .execute(&mut *tx)
            .await?;
        if let Some(worker_id) = &room.worker_id {
            changes::note(&mut tx, worker_id, room_id, Noted::Removed(&row.id), at).await?;
        }
        tx.commit().await?;
        row.left_at = Some(at);
        Ok(Removed {
            participant: row.into(),
            worker_id: room.worker_id,
            livekit_room: room.livekit_open.then_some(room.livekit_room),
        })
    }
}

async fn present(
    connection: &mut SqliteConnection,
    room_id: &str,
    character_id: &str,
) -> sqlx::Result<Option<ParticipantRow>> {
    sqlx::query_as("SELECT * FROM participants WHERE room_id = ? AND character_id = ? AND left_at IS NULL")
        .bind(room_id)
        .bind(character_id)
        .fetch_optional(connection)
        .await
}

pub(super) async fn present_count(connection: &mut SqliteConnection, room_id: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT COUNT(*) FROM participants WHERE room_id = ? AND left_at IS NULL")
        .bind(room_id)
        .fetch_one(connection)
        .await
}

/// One participant, present or not.
pub(super) async fn by_id(connection: &mut SqliteConnection, id: &str) -> sqlx::Result<Option<Participant>> {
    let row: Option<ParticipantRow> = sqlx::query_as("SELECT * FROM participants WHERE id = ?")
        .bind(id)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(Into::into))
}

/// The characters in a room, in the order they were added; of an ended one, those who stayed to the end.
pub(super) async fn of_room(
    connection: &mut SqliteConnection,
    room_id: &str,
) -> sqlx::Result<Vec<Participant>> {
    let rows: Vec<ParticipantRow> = sqlx::query_as(
        "SELECT p.* FROM participants p JOIN rooms r ON r.id = p.room_id
         WHERE p.room_id = ? AND (p.left_at IS NULL OR p.left_at = r.ended_at) ORDER BY p.seq",
    )
    .bind(room_id)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The characters in each of a project's active rooms before a position, newest `limit` of them.
pub(super) async fn of_active_rooms(
    connection: &mut SqliteConnection,
    project_id: &str,
    before_seq: i64,
    limit: Option<u32>,
) -> sqlx::Result<HashMap<String, Vec<Participant>>> {
    let rows: Vec<ParticipantRow> = sqlx::query_as(
        "SELECT * FROM participants WHERE left_at IS NULL AND room_id IN (
           SELECT id FROM rooms WHERE project_id = ? AND ended_at IS NULL AND seq < ?
           ORDER BY seq DESC LIMIT ?)
         ORDER BY seq",
    )
    .bind(project_id)
    .bind(before_seq)
    .bind(limit.map_or(-1, i64::from))
    .fetch_all(connection)
    .await?;
    let mut cast: HashMap<String, Vec<Participant>> = HashMap::new();
    for row in rows {
        cast.entry(row.room_id.clone()).or_default().push(row.into());
    }
    Ok(cast)
}
