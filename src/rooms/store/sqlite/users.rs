//! People as a project knows them.

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::{SqliteStore, now};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::id::new_id;
use crate::rooms::store::contract::UserRows;
use crate::rooms::user::User;

#[async_trait]
impl UserRows for SqliteStore {
    async fn find_or_create_user(
        &self,
        project_id: &str,
        external_id: &str,
        name: Option<&str>,
        team: Option<&str>,
    ) -> Result<User, Error> {
        // Nearly every call is about a user who is known: nothing is written then.
        let known: Option<User> =
            sqlx::query_as("SELECT * FROM users WHERE project_id = ? AND external_id = ?")
                .bind(project_id)
                .bind(external_id)
                .fetch_optional(&self.reader)
                .await?;
        if let Some(user) = known.filter(|user| !user.lacks(name, team)) {
            return Ok(user);
        }
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let user = find_or_create(&mut tx, project_id, external_id, (name, team), at).await?;
        tx.commit().await?;
        Ok(user)
    }

    async fn user(&self, project_id: &str, id: &str) -> Result<Option<User>, Error> {
        Ok(
            sqlx::query_as("SELECT * FROM users WHERE id = ? AND project_id = ?")
                .bind(id)
                .bind(project_id)
                .fetch_optional(&self.reader)
                .await?,
        )
    }
}

/// As [`UserRows::find_or_create_user`], within a transaction.
pub(super) async fn find_or_create(
    connection: &mut SqliteConnection,
    project_id: &str,
    external_id: &str,
    (name, team): (Option<&str>, Option<&str>),
    at: Timestamp,
) -> sqlx::Result<User> {
    let team_id = match team {
        Some(team) => Some(team_named(connection, project_id, team, at).await?),
        None => None,
    };
    sqlx::query_as(
        "INSERT INTO users (id, project_id, external_id, name, team_id, created_at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (project_id, external_id) DO UPDATE SET
           name = COALESCE(users.name, excluded.name), team_id = COALESCE(users.team_id, excluded.team_id)
         RETURNING *",
    )
    .bind(new_id("usr"))
    .bind(project_id)
    .bind(external_id)
    .bind(name)
    .bind(team_id)
    .bind(at)
    .fetch_one(connection)
    .await
}

async fn team_named(
    connection: &mut SqliteConnection,
    project_id: &str,
    name: &str,
    at: Timestamp,
) -> sqlx::Result<String> {
    sqlx::query(
        "INSERT INTO teams (id, project_id, name, created_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (project_id, name) DO NOTHING",
    )
    .bind(new_id("team"))
    .bind(project_id)
    .bind(name)
    .bind(at)
    .execute(&mut *connection)
    .await?;
    sqlx::query_scalar("SELECT id FROM teams WHERE project_id = ? AND name = ?")
        .bind(project_id)
        .bind(name)
        .fetch_one(connection)
        .await
}
