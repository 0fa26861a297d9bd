//! What an operator looks up across projects.

use async_trait::async_trait;
use sqlx::PgConnection;

use super::{PostgresStore, keys, now, participants};
use crate::rooms::error::Error;
use crate::rooms::key::KeyRecord;
use crate::rooms::list::After;
use crate::rooms::project::Project;
use crate::rooms::room::Room;
use crate::rooms::store::contract::{OperatorRows, Page, Standing, not_a_room, nowhere};
use crate::rooms::store::rows::{HeldRow, KeyRow, RoomRow, page as page_of};
use crate::rooms::user::User;

#[async_trait]
impl OperatorRows for PostgresStore {
    async fn find_or_create_project(&self, name: &str) -> Result<Project, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        keys::project_named(&mut tx, name, at).await?;
        let project = named(&mut tx, name).await?;
        tx.commit().await?;
        Ok(project)
    }

    async fn project_named(&self, name: &str) -> Result<Project, Error> {
        named(&mut *self.pool.acquire().await?, name).await
    }

    async fn keep_recordings(&self, project_id: &str, days: Option<u32>) -> Result<(), Error> {
        sqlx::query("UPDATE projects SET recording_retention_days = $1 WHERE id = $2")
            .bind(days.map(i64::from))
            .bind(project_id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn list_projects(&self, page: Page<'_>) -> Result<Vec<Project>, Error> {
        let (at, id) = match page.after {
            None => FIRST,
            Some(id) => {
                let found = sqlx::query_as("SELECT created_at, id FROM projects WHERE id = $1")
                    .bind(id)
                    .fetch_optional(&self.pool)
                    .await?;
                found.ok_or_else(nowhere)?
            }
        };
        Ok(sqlx::query_as(
            "SELECT * FROM projects WHERE (created_at, id) > ($1, $2) ORDER BY created_at, id LIMIT $3",
        )
        .bind(at)
        .bind(id)
        .bind(i64::from(page.limit))
        .fetch_all(&self.pool)
        .await?)
    }

    async fn list_users(&self, project_id: &str, page: Page<'_>) -> Result<Vec<User>, Error> {
        let (at, id) = match page.after {
            None => FIRST,
            Some(id) => {
                let found =
                    sqlx::query_as("SELECT created_at, id FROM users WHERE id = $1 AND project_id = $2")
                        .bind(id)
                        .bind(project_id)
                        .fetch_optional(&self.pool)
                        .await?;
                found.ok_or_else(nowhere)?
            }
        };
        Ok(sqlx::query_as(
            "SELECT * FROM users WHERE project_id = $1 AND (created_at, id) > ($2, $3)
             ORDER BY created_at, id LIMIT $4",
        )
        .bind(project_id)
        .bind(at)
        .bind(id)
        .bind(i64::from(page.limit))
        .fetch_all(&self.pool)
        .await?)
    }

    async fn list_keys(&self, project_id: Option<&str>, page: Page<'_>) -> Result<Vec<KeyRecord>, Error> {
        let (at, id) = match page.after {
            None => FIRST,
            Some(id) => {
                let found = sqlx::query_as("SELECT created_at, id FROM keys WHERE id = $1")
                    .bind(id)
                    .fetch_optional(&self.pool)
                    .await?;
                found.ok_or_else(nowhere)?
            }
        };
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT k.*, p.name AS project_name FROM keys k LEFT JOIN projects p ON p.id = k.project_id
             WHERE ($1::text IS NULL OR k.project_id = $1) AND (k.created_at, k.id) > ($2, $3)
             ORDER BY k.created_at, k.id LIMIT $4",
        )
        .bind(project_id)
        .bind(at)
        .bind(id)
        .bind(i64::from(page.limit))
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn list_rooms(&self, project_id: &str, ended: bool, page: Page<'_>) -> Result<Vec<Room>, Error> {
        let after: i64 = match page.after {
            None => 0,
            Some(id) => {
                let found = sqlx::query_scalar(
                    "SELECT seq FROM rooms WHERE id = $1 AND project_id = $2 AND surface <> 'chat'",
                )
                .bind(id)
                .bind(project_id)
                .fetch_optional(&self.pool)
                .await?;
                found.ok_or_else(nowhere)?
            }
        };
        let rows: Vec<RoomRow> = sqlx::query_as(
            "SELECT * FROM rooms WHERE project_id = $1 AND seq > $2 AND ($3 OR ended_at IS NULL)
             ORDER BY seq LIMIT $4",
        )
        .bind(project_id)
        .bind(after)
        .bind(ended)
        .bind(i64::from(page.limit))
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(|row| row.into_room(Vec::new())).collect()
    }

    async fn list_standings(
        &self,
        project_id: &str,
        ended: bool,
        after: After<'_>,
        limit: Option<u32>,
    ) -> Result<Vec<Standing>, Error> {
        let mut connection = self.pool.acquire().await?;
        let before: i64 = match after {
            After::Nothing => i64::MAX,
            After::Position(position) => position,
            After::Item(id) => sqlx::query_scalar("SELECT seq FROM rooms WHERE id = $1 AND project_id = $2")
                .bind(id)
                .bind(project_id)
                .fetch_optional(&mut *connection)
                .await?
                .ok_or_else(not_a_room)?,
        };
        let at = now(&mut connection).await?;
        let rows: Vec<HeldRow> = sqlx::query_as(
            "SELECT r.*, COALESCE(w.lease_until > $4, FALSE) AS is_leased
             FROM rooms r LEFT JOIN workers w ON w.id = r.worker_id
             WHERE r.project_id = $1 AND r.surface <> 'chat' AND r.seq < $2 AND (r.ended_at IS NOT NULL) = $3
             ORDER BY r.seq DESC LIMIT $5",
        )
        .bind(project_id)
        .bind(before)
        .bind(ended)
        .bind(at)
        .bind(page_of(limit))
        .fetch_all(&mut *connection)
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn any_room(&self, id: &str) -> Result<Room, Error> {
        let mut connection = self.pool.acquire().await?;
        let row: RoomRow = sqlx::query_as("SELECT * FROM rooms WHERE id = $1")
            .bind(id)
            .fetch_optional(&mut *connection)
            .await?
            .ok_or(Error::NotFound("room"))?;
        let participants = participants::of_room(&mut connection, id).await?;
        row.into_room(participants)
    }
}

/// Before every object.
const FIRST: (i64, String) = (i64::MIN, String::new());

async fn named(connection: &mut PgConnection, name: &str) -> Result<Project, Error> {
    sqlx::query_as("SELECT * FROM projects WHERE name = $1")
        .bind(name)
        .fetch_optional(connection)
        .await?
        .ok_or(Error::NotFound("project"))
}
