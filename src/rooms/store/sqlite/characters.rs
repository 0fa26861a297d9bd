//! A project's own characters.

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::{SqliteStore, now};
use crate::character::Character;
use crate::rooms::character_record::CharacterRecord;
use crate::rooms::error::Error;
use crate::rooms::store::contract::{CharacterChange, CharacterRows};
use crate::rooms::store::rows::{CharacterRow, parse_character, print_character};

#[async_trait]
impl CharacterRows for SqliteStore {
    async fn insert_character(
        &self,
        project_id: &str,
        character: Character,
    ) -> Result<CharacterRecord, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let row: CharacterRow = sqlx::query_as(
            "INSERT INTO characters (id, project_id, body, created_at, updated_at)
             VALUES (?, ?, ?, ?, ?) RETURNING *",
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
            "SELECT * FROM characters WHERE project_id = ? AND deleted_at IS NULL ORDER BY seq",
        )
        .bind(project_id)
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    async fn character(&self, project_id: &str, id: &str) -> Result<Option<CharacterRecord>, Error> {
        find(&mut *self.reader.acquire().await?, project_id, id).await
    }

    async fn update_character(
        &self,
        project_id: &str,
        id: &str,
        change: CharacterChange<'_>,
    ) -> Result<CharacterRecord, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let mut record = find(&mut tx, project_id, id)
            .await?
            .ok_or(Error::NotFound("character"))?;
        change(&mut record.character);
        record.updated_at = Some(at);
        sqlx::query("UPDATE characters SET body = ?, updated_at = ? WHERE id = ?")
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
        let at = now(&mut tx).await?;
        let record = find(&mut tx, project_id, id)
            .await?
            .ok_or(Error::NotFound("character"))?;
        sqlx::query("UPDATE characters SET deleted_at = ? WHERE id = ?")
            .bind(at)
            .bind(id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(record)
    }
}

async fn find(
    connection: &mut SqliteConnection,
    project_id: &str,
    id: &str,
) -> Result<Option<CharacterRecord>, Error> {
    let row: Option<CharacterRow> =
        sqlx::query_as("SELECT * FROM characters WHERE id = ? AND project_id = ? AND deleted_at IS NULL")
            .bind(id)
            .bind(project_id)
            .fetch_optional(connection)
            .await?;
    row.map(TryInto::try_into).transpose()
}

/// A character by id whatever became of it, for those who play it.
pub(super) async fn to_play(connection: &mut SqliteConnection, id: &str) -> Result<Option<Character>, Error> {
    let body: Option<String> = sqlx::query_scalar("SELECT body FROM characters WHERE id = ?")
        .bind(id)
        .fetch_optional(connection)
        .await?;
    body.as_deref().map(parse_character).transpose()
}
