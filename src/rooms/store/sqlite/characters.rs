//! A project's own characters.

use sqlx::SqliteConnection;

use super::{Store, now};
use crate::character::Character;
use crate::rooms::Timestamp;
use crate::rooms::character_record::CharacterRecord;
use crate::rooms::error::Error;

#[derive(sqlx::FromRow)]
struct CharacterRow {
    project_id: String,
    body: String,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl TryFrom<CharacterRow> for CharacterRecord {
    type Error = Error;

    fn try_from(row: CharacterRow) -> Result<Self, Error> {
        Ok(Self {
            character: parse(&row.body)?,
            built_in: false,
            project_id: Some(row.project_id),
            created_at: Some(row.created_at),
            updated_at: Some(row.updated_at),
        })
    }
}

fn parse(body: &str) -> Result<Character, Error> {
    serde_json::from_str(body).map_err(|_| Error::Corrupt("character"))
}

fn print(character: &Character) -> Result<String, Error> {
    serde_json::to_string(character).map_err(|_| Error::Corrupt("character"))
}

impl Store {
    /// Keeps a new character.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn insert_character(
        &self,
        project_id: &str,
        character: Character,
    ) -> Result<CharacterRecord, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        sqlx::query(
            "INSERT INTO characters (id, project_id, body, created_at, updated_at) VALUES (?, ?, ?, ?, ?)",
        )
        .bind(&character.id)
        .bind(project_id)
        .bind(print(&character)?)
        .bind(at)
        .bind(at)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(CharacterRecord {
            character,
            built_in: false,
            project_id: Some(project_id.to_owned()),
            created_at: Some(at),
            updated_at: Some(at),
        })
    }

    /// The project's characters, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn characters(&self, project_id: &str) -> Result<Vec<CharacterRecord>, Error> {
        let rows: Vec<CharacterRow> = sqlx::query_as(
            "SELECT * FROM characters WHERE project_id = ? AND deleted_at IS NULL ORDER BY seq",
        )
        .bind(project_id)
        .fetch_all(&self.reader)
        .await?;
        rows.into_iter().map(TryInto::try_into).collect()
    }

    /// One of the project's characters.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn character(&self, project_id: &str, id: &str) -> Result<Option<CharacterRecord>, Error> {
        find(&mut *self.reader.acquire().await?, project_id, id).await
    }

    /// Changes one of the project's characters; `change` refuses by an error of its own kind.
    ///
    /// # Errors
    /// When there is no such character or the database fails.
    pub async fn update_character(
        &self,
        project_id: &str,
        id: &str,
        change: impl FnOnce(&mut Character),
    ) -> Result<CharacterRecord, Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let mut record = find(&mut tx, project_id, id)
            .await?
            .ok_or(Error::NotFound("character"))?;
        change(&mut record.character);
        record.updated_at = Some(at);
        sqlx::query("UPDATE characters SET body = ?, updated_at = ? WHERE id = ?")
            .bind(print(&record.character)?)
            .bind(at)
            .bind(id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(record)
    }

    /// Deletes one of the project's characters; rooms that it is in keep it.
    ///
    /// # Errors
    /// When there is no such character or the database fails.
    pub async fn delete_character(&self, project_id: &str, id: &str) -> Result<CharacterRecord, Error> {
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
    body.as_deref().map(parse).transpose()
}
