//! Rooms of the group chat.

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::{SqliteStore, chat_members, now};
use crate::protocol::Mode;
use crate::rooms::Timestamp;
use crate::rooms::chat::{
    Act, Acting, ChatRoom, ChatRoomChange, ChatSummary, Listed, NewChatRoom, Page, Role, Standing,
    answers_scope,
};
use crate::rooms::error::Error;
use crate::rooms::room::{NewRoom, Surface};
use crate::rooms::store::contract::ChatRoomRows;
use crate::rooms::store::rows::{ChatRoomRow, StandingRow, SummaryRow, counted};

const JOINED_COUNT: &str = "SELECT COUNT(*) FROM chat_rooms c
    WHERE c.project_id = ? AND c.room_id IN (SELECT room_id FROM chat_members WHERE user_id = ?)";
const PUBLIC_COUNT: &str = "SELECT COUNT(*) FROM chat_rooms c WHERE c.project_id = ? AND c.is_public = 1";

/// The rooms that a condition means, by latest activity.
macro_rules! listed {
    ($condition:literal) => {
        concat!(
            "SELECT r.id, r.name, c.description, c.is_public, c.last_message_at, r.created_at,
               (SELECT COUNT(*) FROM chat_members m WHERE m.room_id = r.id) AS member_count,
               (SELECT COUNT(*) FROM participants p WHERE p.room_id = r.id AND p.left_at IS NULL)
                 AS character_count
             FROM chat_rooms c JOIN rooms r ON r.id = c.room_id WHERE c.project_id = ? AND ",
            $condition,
            " ORDER BY c.active_at DESC, r.seq DESC LIMIT ? OFFSET ?"
        )
    };
}
const JOINED: &str = listed!("c.room_id IN (SELECT room_id FROM chat_members WHERE user_id = ?)");
const PUBLIC: &str = listed!("c.is_public = 1");

#[async_trait]
impl ChatRoomRows for SqliteStore {
    async fn insert_chat_room(
        &self,
        project_id: &str,
        owner_id: &str,
        new: NewChatRoom,
    ) -> Result<ChatRoom, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let room = NewRoom {
            surface: Surface::Chat,
            name: new.name,
            mode: Mode::Freeform,
            scene_prompt: None,
            ambience: None,
            record: false,
        };
        let id = super::rooms::insert(&mut tx, project_id, &room, at).await?.id;
        sqlx::query(
            "INSERT INTO chat_rooms (room_id, project_id, description, is_public, updated_at, active_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        )
        .bind(&id)
        .bind(project_id)
        .bind(&new.description)
        .bind(new.is_public)
        .bind(at)
        .execute(&mut *tx)
        .await?;
        chat_members::insert(&mut tx, &id, owner_id, Role::Owner, at).await?;
        for character_id in &new.character_ids {
            chat_members::seat(&mut tx, &id, character_id, at).await?;
        }
        let room = whole(&mut tx, &id).await?;
        tx.commit().await?;
        Ok(room)
    }

    async fn chat_standing(&self, acting: Acting<'_>) -> Result<Standing, Error> {
        standing(&mut *self.reader.acquire().await?, acting).await
    }

    async fn chat_room(&self, acting: Acting<'_>) -> Result<ChatRoom, Error> {
        // One snapshot, so that a room and those in it belong together.
        let mut tx = self.reader.begin().await?;
        standing(&mut tx, acting).await?.check(Act::See)?;
        whole(&mut tx, acting.room_id).await
    }

    async fn chat_rooms(
        &self,
        project_id: &str,
        user_id: &str,
        which: Listed,
        page: Page,
    ) -> Result<(Vec<ChatSummary>, u64), Error> {
        let mut tx = self.reader.begin().await?;
        let (total, rows) = match which {
            Listed::Joined => (
                sqlx::query_scalar(JOINED_COUNT).bind(project_id).bind(user_id),
                sqlx::query_as(JOINED).bind(project_id).bind(user_id),
            ),
            Listed::Public => (
                sqlx::query_scalar(PUBLIC_COUNT).bind(project_id),
                sqlx::query_as(PUBLIC).bind(project_id),
            ),
        };
        let total: i64 = total.fetch_one(&mut *tx).await?;
        let rows: Vec<SummaryRow> = rows
            .bind(i64::from(page.limit))
            .bind(i64::from(page.offset))
            .fetch_all(&mut *tx)
            .await?;
        Ok((rows.into_iter().map(Into::into).collect(), counted(total)))
    }

    async fn update_chat_room(&self, acting: Acting<'_>, change: ChatRoomChange) -> Result<ChatRoom, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        standing(&mut tx, acting).await?.check(Act::Change)?;
        if let Some(name) = &change.name {
            sqlx::query("UPDATE rooms SET name = ? WHERE id = ?")
                .bind(name)
                .bind(acting.room_id)
                .execute(&mut *tx)
                .await?;
        }
        if let Some(description) = &change.description {
            sqlx::query("UPDATE chat_rooms SET description = ? WHERE room_id = ?")
                .bind(description)
                .bind(acting.room_id)
                .execute(&mut *tx)
                .await?;
        }
        if change.name.is_some() || change.description.is_some() {
            touch(&mut tx, acting.room_id, at).await?;
        }
        let room = whole(&mut tx, acting.room_id).await?;
        tx.commit().await?;
        Ok(room)
    }

    async fn delete_chat_room(&self, acting: Acting<'_>) -> Result<(), Error> {
        let mut tx = self.write().await?;
        standing(&mut tx, acting).await?.check(Act::Delete)?;
        for statement in [
            "DELETE FROM chat_members WHERE room_id = ?",
            "DELETE FROM chat_rooms WHERE room_id = ?",
            "DELETE FROM entries WHERE room_id = ?",
            "DELETE FROM participants WHERE room_id = ?",
            "DELETE FROM rooms WHERE id = ?",
        ] {
            sqlx::query(statement)
                .bind(acting.room_id)
                .execute(&mut *tx)
                .await?;
        }
        sqlx::query("DELETE FROM answers WHERE scope GLOB ?")
            .bind(format!("{}*", answers_scope(acting.project_id, acting.room_id)))
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }
}

/// How the acting user stands to the room.
///
/// # Errors
/// When the project has no such chat room or the database fails.
pub(super) async fn standing(
    connection: &mut SqliteConnection,
    acting: Acting<'_>,
) -> Result<Standing, Error> {
    let row: Option<StandingRow> = sqlx::query_as(
        "SELECT c.is_public, m.role FROM chat_rooms c
         LEFT JOIN chat_members m ON m.room_id = c.room_id AND m.user_id = ?
         WHERE c.room_id = ? AND c.project_id = ?",
    )
    .bind(acting.user_id)
    .bind(acting.room_id)
    .bind(acting.project_id)
    .fetch_optional(connection)
    .await?;
    row.ok_or(Error::NotFound("room"))?.standing()
}

/// Notes that settings, members or cast of a room changed.
pub(super) async fn touch(
    connection: &mut SqliteConnection,
    room_id: &str,
    at: Timestamp,
) -> sqlx::Result<()> {
    sqlx::query("UPDATE chat_rooms SET updated_at = MAX(updated_at, ?) WHERE room_id = ?")
        .bind(at)
        .bind(room_id)
        .execute(connection)
        .await
        .map(drop)
}

async fn whole(connection: &mut SqliteConnection, room_id: &str) -> Result<ChatRoom, Error> {
    let row: Option<ChatRoomRow> = sqlx::query_as(
        "SELECT r.id, r.name, c.description, c.is_public, r.created_at, c.updated_at
         FROM chat_rooms c JOIN rooms r ON r.id = c.room_id WHERE c.room_id = ?",
    )
    .bind(room_id)
    .fetch_optional(&mut *connection)
    .await?;
    let members = chat_members::of_room(connection, room_id).await?;
    let cast = chat_members::cast_of(connection, room_id).await?;
    row.ok_or(Error::NotFound("room"))?.into_room(members, cast)
}
