//! What a worker has to be told about the rooms it holds.

use sqlx::SqliteConnection;

use super::{Store, characters, participants};
use crate::character::Character;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::room::Participant;

/// Changes that one answer holds; the rest follows with the next call.
const CHANGES_MAX: i64 = 200;

/// A change to note down.
pub(super) enum Noted<'a> {
    /// The participant with this id joined.
    Added(&'a str),
    /// The participant with this id left.
    Removed(&'a str),
    /// The room is over.
    RoomEnded,
}

/// A change that a worker has not seen.
#[derive(Debug, Clone)]
pub enum PendingChange {
    /// A character joined. Its row in the store, unless it is a built-in.
    Added {
        /// `room_…`.
        room_id: String,
        /// Name of the LiveKit room.
        livekit_room: String,
        /// Its participant.
        participant: Participant,
        /// Who it is, unless a built-in.
        character: Option<Box<Character>>,
    },
    /// A character left.
    Removed {
        /// `room_…`.
        room_id: String,
        /// Who.
        character_id: String,
    },
    /// The room is over.
    RoomEnded {
        /// `room_…`.
        room_id: String,
    },
}

#[derive(sqlx::FromRow)]
struct ChangeRow {
    seq: i64,
    room_id: String,
    kind: String,
    participant_id: Option<String>,
    livekit_room: String,
}

impl Store {
    /// The worker's changes after `cursor`, oldest first, and the next cursor. What is at or before `cursor`
    /// was seen and is forgotten.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn changes(&self, worker_id: &str, cursor: i64) -> Result<(i64, Vec<PendingChange>), Error> {
        let mut tx = self.reader.begin().await?;
        let rows: Vec<ChangeRow> = sqlx::query_as(
            "SELECT c.seq, c.room_id, c.kind, c.participant_id, r.livekit_room
             FROM changes c JOIN rooms r ON r.id = c.room_id
             WHERE c.worker_id = ? AND c.seq > ? ORDER BY c.seq LIMIT ?",
        )
        .bind(worker_id)
        .bind(cursor)
        .bind(CHANGES_MAX)
        .fetch_all(&mut *tx)
        .await?;
        let mut next = cursor;
        let mut changes = Vec::with_capacity(rows.len());
        for row in rows {
            next = row.seq;
            changes.extend(load(&mut tx, row).await?);
        }
        Ok((next, changes))
    }

    /// Forgets changes older than `before`: their worker is long gone.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_changes(&self, before: Timestamp) -> Result<(), Error> {
        sqlx::query("DELETE FROM changes WHERE created_at < ?")
            .bind(before)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}

async fn load(connection: &mut SqliteConnection, row: ChangeRow) -> Result<Option<PendingChange>, Error> {
    let participant = match &row.participant_id {
        Some(id) => participants::by_id(connection, id).await?,
        None => None,
    };
    Ok(match (row.kind.as_str(), participant) {
        ("participant_added", Some(participant)) => Some(PendingChange::Added {
            character: characters::to_play(connection, &participant.character_id)
                .await?
                .map(Box::new),
            room_id: row.room_id,
            livekit_room: row.livekit_room,
            participant,
        }),
        ("participant_removed", Some(participant)) => Some(PendingChange::Removed {
            room_id: row.room_id,
            character_id: participant.character_id,
        }),
        ("room_ended", _) => Some(PendingChange::RoomEnded { room_id: row.room_id }),
        _ => None,
    })
}

/// Notes a change for the worker that holds the room.
pub(super) async fn note(
    connection: &mut SqliteConnection,
    worker_id: &str,
    room_id: &str,
    change: Noted<'_>,
    at: Timestamp,
) -> sqlx::Result<()> {
    let (kind, participant_id) = match change {
        Noted::Added(id) => ("participant_added", Some(id)),
        Noted::Removed(id) => ("participant_removed", Some(id)),
        Noted::RoomEnded => ("room_ended", None),
    };
    sqlx::query(
        "INSERT INTO changes (worker_id, room_id, kind, participant_id, created_at) VALUES (?, ?, ?, ?, ?)",
    )
    .bind(worker_id)
    .bind(room_id)
    .bind(kind)
    .bind(participant_id)
    .bind(at)
    .execute(connection)
    .await
    .map(drop)
}
