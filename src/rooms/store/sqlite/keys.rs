//! Projects, users and keys.

use sqlx::SqliteConnection;

use super::{Store, now};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::id::new_id;
use crate::rooms::key::{KeyKind, KeyRecord, MadeKey};

#[derive(sqlx::FromRow)]
struct KeyRow {
    id: String,
    kind: String,
    project_id: Option<String>,
    project_name: Option<String>,
    user_id: Option<String>,
    created_at: Timestamp,
    expires_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    hash: Vec<u8>,
}

impl TryFrom<KeyRow> for KeyRecord {
    type Error = Error;

    fn try_from(row: KeyRow) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            kind: KeyKind::from_name(&row.kind).ok_or(Error::Corrupt("key kind"))?,
            project_id: row.project_id,
            project_name: row.project_name,
            user_id: row.user_id,
            created_at: row.created_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            hash: row.hash,
        })
    }
}

impl Store {
    /// Keeps `key`; makes the project and the user (an external id) when they are new.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_key(
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
            (Some(project_id), Some(external)) => {
                Some(user_known_as(&mut tx, project_id, external, at).await?)
            }
            _ => None,
        };
        // A worker serves all projects, whichever one was named.
        let project_id = project_id.filter(|_| kind != KeyKind::Worker);
        sqlx::query(
            "INSERT INTO keys (id, kind, project_id, user_id, hash, created_at, expires_at)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
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

    /// The key with this id, and the time to judge it by.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn key(&self, id: &str) -> Result<Option<(KeyRecord, Timestamp)>, Error> {
        let mut connection = self.reader.acquire().await?;
        let row: Option<KeyRow> = sqlx::query_as(
            "SELECT k.*, p.name AS project_name FROM keys k LEFT JOIN projects p ON p.id = k.project_id
             WHERE k.id = ?",
        )
        .bind(id)
        .fetch_optional(&mut *connection)
        .await?;
        match row {
            Some(row) => Ok(Some((row.try_into()?, now(&mut connection).await?))),
            None => Ok(None),
        }
    }

    /// All keys, or those of the project with this name, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keys(&self, project: Option<&str>) -> Result<Vec<KeyRecord>, Error> {
        let rows: Vec<KeyRow> = sqlx::query_as(
            "SELECT k.*, p.name AS project_name FROM keys k LEFT JOIN projects p ON p.id = k.project_id
             WHERE ?1 IS NULL OR p.name = ?1 ORDER BY k.created_at, k.id",
        )
        .bind(project)
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// Refuses the key from now on; revoking twice changes nothing.
    ///
    /// # Errors
    /// When there is no such key or the database fails.
    pub async fn revoke_key(&self, id: &str) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let found = sqlx::query("UPDATE keys SET revoked_at = COALESCE(revoked_at, ?) WHERE id = ?")
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

async fn project_named(connection: &mut SqliteConnection, name: &str, at: Timestamp) -> sqlx::Result<String> {
    sqlx::query("INSERT INTO projects (id, name, created_at) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING")
        .bind(new_id("project"))
        .bind(name)
        .bind(at)
        .execute(&mut *connection)
        .await?;
    sqlx::query_scalar("SELECT id FROM projects WHERE name = ?")
        .bind(name)
        .fetch_one(connection)
        .await
}

async fn user_known_as(
    connection: &mut SqliteConnection,
    project_id: &str,
    external_id: &str,
    at: Timestamp,
) -> sqlx::Result<String> {
    sqlx::query(
        "INSERT INTO users (id, project_id, external_id, created_at) VALUES (?, ?, ?, ?)
         ON CONFLICT (project_id, external_id) DO NOTHING",
    )
    .bind(new_id("user"))
    .bind(project_id)
    .bind(external_id)
    .bind(at)
    .execute(&mut *connection)
    .await?;
    sqlx::query_scalar("SELECT id FROM users WHERE project_id = ? AND external_id = ?")
        .bind(project_id)
        .bind(external_id)
        .fetch_one(connection)
        .await
}
