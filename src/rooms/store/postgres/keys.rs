//! API keys, with the projects and users they stand for.

use async_trait::async_trait;
use sqlx::PgConnection;

use super::{PostgresStore, now, users};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::id::new_id;
use crate::rooms::key::{KeyKind, KeyRecord, MadeKey};
use crate::rooms::store::contract::KeyRows;
use crate::rooms::store::rows::KeyRow;

#[derive(sqlx::FromRow)]
struct JudgedRow {
    #[sqlx(flatten)]
    key: KeyRow,
    judged_at: Timestamp,
}

#[async_trait]
impl KeyRows for PostgresStore {
    async fn insert_key(
        &self,
        key: &MadeKey,
        kind: KeyKind,
        project: Option<&str>,
        user: Option<&str>,
        valid_for_ms: Option<i64>,
    ) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let project_id = match project {
            Some(name) => Some(project_named(&mut tx, name, at).await?),
            None => None,
        };
        let user_id = match (&project_id, user) {
            (Some(project_id), Some(external)) => Some(
                users::find_or_create(&mut tx, project_id, external, (None, None), at)
                    .await?
                    .id,
            ),
            _ => None,
        };
        // A worker serves all projects, whichever one was named.
        let project_id = project_id.filter(|_| kind != KeyKind::Worker);
        sqlx::query(
            "INSERT INTO keys (id, kind, project_id, user_id, hash, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&key.id)
        .bind(kind.as_str())
        .bind(project_id)
        .bind(user_id)
        .bind(key.hash.as_slice())
        .bind(at)
        .bind(valid_for_ms.map(|delay_ms| at.plus_ms(delay_ms)))
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    async fn key(&self, id: &str) -> Result<Option<(KeyRecord, Timestamp)>, Error> {
        // Every request asks this, so it is one question.
        let row: Option<JudgedRow> = sqlx::query_as(
            "SELECT k.*, p.name AS project_name,
               (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS judged_at
             FROM keys k LEFT JOIN projects p ON p.id = k.project_id WHERE k.id = $1",
        )
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| Ok((row.key.try_into()?, row.judged_at)))
            .transpose()
    }

    async fn keys(&self, project: Option<&str>) -> Result<Vec<KeyRecord>, Error> {
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT k.*, p.name AS project_name FROM keys k LEFT JOIN projects p ON p.id = k.project_id
             WHERE $1::text IS NULL OR p.name = $1 ORDER BY k.created_at, k.id",
        )
        .bind(project)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn revoke_key(&self, id: &str) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let found = sqlx::query("UPDATE keys SET revoked_at = COALESCE(revoked_at, $1) WHERE id = $2")
            .bind(at)
            .bind(id)
            .execute(&mut *tx)
            .await?
            .rows_affected();
        if found == 0 {
            return Err(Error::NotFound("key"));
        }
        Ok(tx.commit().await?)
    }
}

async fn project_named(connection: &mut PgConnection, name: &str, at: Timestamp) -> sqlx::Result<String> {
    sqlx::query(
        "INSERT INTO projects (id, name, created_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
    )
    .bind(new_id("project"))
    .bind(name)
    .bind(at)
    .execute(&mut *connection)
    .await?;
    sqlx::query_scalar("SELECT id FROM projects WHERE name = $1")
        .bind(name)
        .fetch_one(connection)
        .await
}
