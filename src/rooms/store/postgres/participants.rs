//! Who is in a room.

use std::collections::HashMap;

use async_trait::async_trait;
use sqlx::PgConnection;

use super::{PostgresStore, changes, now, rooms};
use crate::rooms::error::Error;
use crate::rooms::room::{CAST_MAX, Participant};
use crate::rooms::store::contract::{Added, ParticipantRows, ROOM_FULL, Removed};
use crate::rooms::store::rows::{Noted, ParticipantRow, page};

#[async_trait]
impl ParticipantRows for PostgresStore {
    async fn add_participant(
        &self,
        project_id: &str,
        room_id: &str,
        character_id: &str,
    ) -> Result<Added, Error> {
        let mut tx = self.write().await?;
        let room = rooms::locked(&mut tx, project_id, room_id).await?;
        let at = now(&mut tx).await?;
        room.must_be_active()?;
        if let Some(row) = present(&mut tx, room_id, character_id).await? {
            return Ok(Added {
                participant: row.into(),
                new: false,
                worker_id: room.worker_id,
            });
        }
        if present_count(&mut tx, room_id).await? >= CAST_MAX {
            return Err(ROOM_FULL);
        }
        let row = ParticipantRow::new(room_id, character_id, at);
        sqlx::query(
            "INSERT INTO participants (id, room_id, character_id, conversation_id, created_at)
             VALUES ($1, $2, $3, $4, $5)",
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

    async fn remove_participant(
        &self,
        project_id: &str,
        room_id: &str,
        character_id: &str,
    ) -> Result<Removed, Error> {
        let mut tx = self.write().await?;
        let room = rooms::locked(&mut tx, project_id, room_id).await?;
        let at = now(&mut tx).await?;
        room.must_be_active()?;
        let mut row = present(&mut tx, room_id, character_id)
            .await?
            .ok_or(Error::NotFound("participant"))?;
        sqlx::query("UPDATE participants SET left_at = $1 WHERE id = $2")
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
    connection: &mut PgConnection,
    room_id: &str,
    character_id: &str,
) -> sqlx::Result<Option<ParticipantRow>> {
    sqlx::query_as("SELECT * FROM participants WHERE room_id = $1 AND character_id = $2 AND left_at IS NULL")
        .bind(room_id)
        .bind(character_id)
        .fetch_optional(connection)
        .await
}

pub(super) async fn present_count(connection: &mut PgConnection, room_id: &str) -> sqlx::Result<i64> {
    sqlx::query_scalar("SELECT COUNT(*) FROM participants WHERE room_id = $1 AND left_at IS NULL")
        .bind(room_id)
        .fetch_one(connection)
        .await
}

/// Participants by id, present or not.
pub(super) async fn by_ids(
    connection: &mut PgConnection,
    ids: &[&str],
) -> sqlx::Result<HashMap<String, Participant>> {
    let rows: Vec<ParticipantRow> = sqlx::query_as("SELECT * FROM participants WHERE id = ANY($1)")
        .bind(ids)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.id.clone(), row.into())).collect())
}

/// The characters in a room, in the order they were added; of an ended one, those who stayed to the end.
pub(super) async fn of_room(connection: &mut PgConnection, room_id: &str) -> sqlx::Result<Vec<Participant>> {
    let rows: Vec<ParticipantRow> = sqlx::query_as(
        "SELECT p.* FROM participants p JOIN rooms r ON r.id = p.room_id
         WHERE p.room_id = $1 AND (p.left_at IS NULL OR p.left_at = r.ended_at) ORDER BY p.seq",
    )
    .bind(room_id)
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// The characters in each of a project's active voice rooms before a position, newest `limit` of them.
pub(super) async fn of_active_rooms(
    connection: &mut PgConnection,
    project_id: &str,
    before_seq: i64,
    limit: Option<u32>,
) -> sqlx::Result<HashMap<String, Vec<Participant>>> {
    let rows: Vec<ParticipantRow> = sqlx::query_as(
        "SELECT * FROM participants WHERE left_at IS NULL AND room_id IN (
           SELECT id FROM rooms WHERE project_id = $1 AND surface = 'voice' AND ended_at IS NULL AND seq < $2
           ORDER BY seq DESC LIMIT $3)
         ORDER BY seq",
    )
    .bind(project_id)
    .bind(before_seq)
    .bind(page(limit))
    .fetch_all(connection)
    .await?;
    Ok(ParticipantRow::by_room(rows))
}
