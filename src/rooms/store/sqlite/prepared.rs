//! Premade role-plays and research projects of a project.

use async_trait::async_trait;

use super::{SqliteStore, now};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::store::contract::{Prepared, PreparedKind, PreparedRows};

#[async_trait]
impl PreparedRows for SqliteStore {
    async fn insert_prepared(
        &self,
        project_id: &str,
        kind: PreparedKind,
        id: &str,
        body: &str,
    ) -> Result<Timestamp, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        sqlx::query("INSERT INTO prepared (id, project_id, kind, body, created_at) VALUES (?, ?, ?, ?, ?)")
            .bind(id)
            .bind(project_id)
            .bind(kind.as_str())
            .bind(body)
            .bind(at)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(at)
    }

    async fn all_prepared(&self, project_id: &str, kind: PreparedKind) -> Result<Vec<Prepared>, Error> {
        Ok(sqlx::query_as(
            "SELECT body, created_at FROM prepared WHERE project_id = ? AND kind = ? ORDER BY seq",
        )
        .bind(project_id)
        .bind(kind.as_str())
        .fetch_all(&self.reader)
        .await?)
    }

    async fn prepared(
        &self,
        project_id: &str,
        kind: PreparedKind,
        id: &str,
    ) -> Result<Option<Prepared>, Error> {
        Ok(sqlx::query_as(
            "SELECT body, created_at FROM prepared WHERE id = ? AND project_id = ? AND kind = ?",
        )
        .bind(id)
        .bind(project_id)
        .bind(kind.as_str())
        .fetch_optional(&self.reader)
        .await?)
    }
}
