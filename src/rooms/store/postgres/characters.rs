//! A project's own characters.

use std::collections::HashMap;

use async_trait::async_trait;
use sqlx::PgConnection;

use super::{PostgresStore, now};
use crate::character::Character;
use crate::rooms::character_record::CharacterRecord;
use crate::rooms::error::Error;
use crate::rooms::store::contract::{CharacterChange, CharacterRows};
use crate::rooms::store::rows::{CharacterRow, parse_character, print_character};

#[async_trait]
impl CharacterRows for PostgresStore {
    async fn insert_character(
        &self,
        project_id: &str,
        character: Character,
    ) -> Result<CharacterRecord, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let row: CharacterRow = sqlx::query_as(
            "INSERT INTO characters (id, project_id, body, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5) RETURNING *",
        )
        .bind(&character.id)
        .bind(project_id)
        .bind(print_character(&character)?)
        .bind(at)
        .bind(at)
        .fetch_one(&mut *tx)
        .await?;
        tx.commit().await?;
        row.try_into()
    }

    async fn characters(&self, project_id: &str) -> Result<Vec<CharacterRecord>, Error> {
        let rows: Vec<CharacterRow> = sqlx::query_as(
            "SELECT * FROM characters WHERE project_id = $1 AND deleted_at IS NULL ORDER BY seq",
        )
        .bind(project_id)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn character(&self, project_id: &str, id: &str) -> Result<Option<CharacterRecord>, Error> {
        let row: Option<CharacterRow> = sqlx::query_as(
            "SELECT * FROM characters WHERE id = $1 AND project_id = $2 AND deleted_at IS NULL",
        )
        .bind(id)
        .bind(project_id)
        .fetch_optional(&self.pool)
        .await?;
        row.map(TryInto::try_into).transpose()
    }

    async fn update_character(
        &self,
        project_id: &str,
        id: &str,
        change: CharacterChange<'_>,
    ) -> Result<CharacterRecord, Error> {
        let mut tx = self.write().await?;
        let mut record = locked(&mut tx, project_id, id).await?;
        let at = now(&mut tx).await?;
        change(&mut record.character);
        record.updated_at = Some(at);
        sqlx::query("UPDATE characters SET body = $1, updated_at = $2 WHERE id = $3")
            .bind(print_character(&record.character)?)
            .bind(at)
            .bind(id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(record)
    }

    async fn delete_character(&self, project_id: &str, id: &str) -> Result<CharacterRecord, Error> {
        let mut tx = self.write().await?;
        let record = locked(&mut tx, project_id, id).await?;
        let at = now(&mut tx).await?;
        sqlx::query("UPDATE characters SET deleted_at = $1 WHERE id = $2")
            .bind(at)
            .bind(id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(record)
    }
}

/// One of the project's characters; nobody else changes it until the transaction ends.
async fn locked(connection: &mut PgConnection, project_id: &str, id: &str) -> Result<CharacterRecord, Error> {
    let row: Option<CharacterRow> = sqlx::query_as(
        "SELECT * FROM characters WHERE id = $1 AND project_id = $2 AND deleted_at IS NULL FOR UPDATE",
    )
    .bind(id)
    .bind(project_id)
    .fetch_optional(connection)
    .await?;
    row.ok_or(Error::NotFound("character"))?.try_into()
}

/// Characters by id whatever became of them, for those who play them.
pub(super) async fn to_play(
    connection: &mut PgConnection,
    ids: &[&str],
) -> Result<HashMap<String, Character>, Error> {
    let rows: Vec<(String, String)> = sqlx::query_as("SELECT id, body FROM characters WHERE id = ANY($1)")
        .bind(ids)
        .fetch_all(connection)
        .await?;
    rows.into_iter()
        .map(|(id, body)| Ok((id, parse_character(&body)?)))
        .collect()
}
