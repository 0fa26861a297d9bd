//! Premade role-plays and research projects of a project.

use async_trait::async_trait;

use super::{SqliteStore, now};
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
    ) -> Result<Prepared, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let prepared = sqlx::query_as(
            "INSERT INTO prepared (id, project_id, kind, body, created_at) VALUES (?, ?, ?, ?, ?)
             RETURNING seq, body, created_at",
        )
        .bind(id)
        .bind(project_id)
        .bind(kind.as_str())
        .bind(body)
        .bind(at)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(prepared)
    }

    async fn all_prepared(&self, project_id: &str, kind: PreparedKind) -> Result<Vec<Prepared>, Error> {
        Ok(sqlx::query_as(
            "SELECT seq, body, created_at FROM prepared WHERE project_id = ? AND kind = ? ORDER BY seq",
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
            "SELECT seq, body, created_at FROM prepared WHERE id = ? AND project_id = ? AND kind = ?",
        )
        .bind(id)
        .bind(project_id)
        .bind(kind.as_str())
        .fetch_optional(&self.reader)
        .await?)
    }
}
