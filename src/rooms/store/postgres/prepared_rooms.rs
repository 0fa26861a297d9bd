//! Rooms that are made with their character in them.

use sqlx::PgConnection;

use crate::protocol::Mode;
use crate::rooms::Timestamp;
use crate::rooms::store::rows::{NewRow, ParticipantRow, RoomRow};

/// Makes the room, with its character in it.
pub(super) async fn insert(
    connection: &mut PgConnection,
    project_id: &str,
    new: &NewRow<'_>,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO rooms
         (id, project_id, surface, name, mode, record, created_at, started_at, claimable_at, livekit_room,
          livekit_open)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(new.id)
    .bind(project_id)
    .bind(new.surface.as_str())
    .bind(new.name)
    .bind(RoomRow::mode(Mode::Freeform))
    // Those who talk here are told that they are recorded; there is no such room without.
    .bind(true)
    .bind(at)
    .bind(new.started_at)
    .bind(at)
    .bind(new.surface.livekit_room(project_id, new.id))
    .bind(new.started_at.is_some())
    .execute(&mut *connection)
    .await?;
    let participant = ParticipantRow::new(new.id, new.character_id, at);
    sqlx::query(
        "INSERT INTO participants (id, room_id, character_id, conversation_id, created_at)
         VALUES ($1, $2, $3, $4, $5)",
    )
    .bind(&participant.id)
    .bind(new.id)
    .bind(new.character_id)
    .bind(&participant.conversation_id)
    .bind(at)
    .execute(connection)
    .await
    .map(drop)
}
