//! Role-plays, beside their rooms.

use async_trait::async_trait;
use sqlx::{AssertSqlSafe, SqliteConnection};

use super::{SqliteStore, now, prepared_rooms, usage, users};
use crate::rooms::allowance::Allowance;
use crate::rooms::error::Error;
use crate::rooms::roleplay::{INTEGRATION_TEAM, NewRoleplay, Roleplay, room_name};
use crate::rooms::room::Surface;
use crate::rooms::store::contract::RoleplayRows;
use crate::rooms::store::rows::{NewRow, RoleplayRow, SELECT_ROLEPLAY, print_premade};

#[async_trait]
impl RoleplayRows for SqliteStore {
    async fn insert_roleplay(
        &self,
        project_id: &str,
        new: &NewRoleplay,
        allowance: Allowance,
    ) -> Result<Roleplay, Error> {
        let premade = print_premade(&new.premade)?;
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        allowance.admit(&usage::of(&mut tx, project_id, at).await?)?;
        let person = (Some(new.user_name.as_str()), Some(INTEGRATION_TEAM));
        let user = users::find_or_create(&mut tx, project_id, &new.user_external_id, person, at).await?;
        let room = NewRow {
            id: &new.id,
            surface: Surface::Roleplay,
            name: &room_name(&new.user_name, &new.id),
            character_id: &new.premade.character_id,
            started_at: Some(at),
        };
        prepared_rooms::insert(&mut tx, project_id, &room, at).await?;
        sqlx::query(
            "INSERT INTO roleplays (room_id, user_id, user_name, premade, max_duration_s)
             VALUES (?, ?, ?, ?, ?)",
        )
        .bind(&new.id)
        .bind(&user.id)
        .bind(&new.user_name)
        .bind(premade)
        .bind(new.premade.max_duration_s())
        .execute(&mut *tx)
        .await?;
        let row = find(&mut tx, &new.id).await?;
        tx.commit().await?;
        row.try_into()
    }

    async fn roleplay(&self, project_id: &str, id: &str) -> Result<Roleplay, Error> {
        let row: Option<RoleplayRow> = sqlx::query_as(AssertSqlSafe(format!(
            "{SELECT_ROLEPLAY} WHERE r.id = ? AND r.project_id = ?"
        )))
        .bind(id)
        .bind(project_id)
        .fetch_optional(&self.reader)
        .await?;
        row.ok_or(Error::NotFound("role-play"))?.try_into()
    }

    async fn roleplay_of_room(&self, room_id: &str) -> Result<Roleplay, Error> {
        find(&mut *self.reader.acquire().await?, room_id)
            .await?
            .try_into()
    }

    async fn overdue_roleplays(&self, overtime_ms: i64, limit: u32) -> Result<Vec<(String, String)>, Error> {
        let mut connection = self.reader.acquire().await?;
        let at = now(&mut connection).await?;
        Ok(sqlx::query_as(
            "SELECT r.project_id, r.id FROM rooms r JOIN roleplays p ON p.room_id = r.id
             WHERE r.started_at IS NOT NULL AND r.ended_at IS NULL
               AND r.started_at + p.max_duration_s * 1000 + ? <= ?
             ORDER BY r.started_at LIMIT ?",
        )
        .bind(overtime_ms)
        .bind(at)
        .bind(i64::from(limit))
        .fetch_all(&mut *connection)
        .await?)
    }
}

async fn find(connection: &mut SqliteConnection, room_id: &str) -> Result<RoleplayRow, Error> {
    sqlx::query_as(AssertSqlSafe(format!("{SELECT_ROLEPLAY} WHERE r.id = ?")))
        .bind(room_id)
        .fetch_optional(connection)
        .await?
        .ok_or(Error::NotFound("role-play"))
}
