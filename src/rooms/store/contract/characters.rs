//! A project's own characters.

use async_trait::async_trait;

use crate::character::Character;
use crate::rooms::character_record::CharacterRecord;
use crate::rooms::error::Error;

/// What [`CharacterRows::update_character`] does to a character.
pub type CharacterChange<'a> = Box<dyn FnOnce(&mut Character) + Send + 'a>;

/// A project's own characters.
#[async_trait]
pub trait CharacterRows {
    /// Keeps a new character.
    ///
    /// # Errors
    /// When the database fails.
    async fn insert_character(
        &self,
        project_id: &str,
        character: Character,
    ) -> Result<CharacterRecord, Error>;

    /// The project's characters, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    async fn characters(&self, project_id: &str) -> Result<Vec<CharacterRecord>, Error>;

    /// One of the project's characters.
    ///
    /// # Errors
    /// When the database fails.
    async fn character(&self, project_id: &str, id: &str) -> Result<Option<CharacterRecord>, Error>;

    /// Changes one of the project's characters; two changes at once both take effect.
    ///
    /// # Errors
    /// When there is no such character or the database fails.
    async fn update_character(
        &self,
        project_id: &str,
        id: &str,
        change: CharacterChange<'_>,
    ) -> Result<CharacterRecord, Error>;

    /// Deletes one of the project's characters and answers it as it was; rooms that it is in keep it.
    ///
    /// # Errors
    /// When there is no such character or the database fails.
    async fn delete_character(&self, project_id: &str, id: &str) -> Result<CharacterRecord, Error>;
}
