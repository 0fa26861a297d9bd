//! Characters as a project sees them: its own and the deployment's.

use super::Rooms;
use crate::character::Character;
use crate::rooms::character_record::CharacterRecord;
use crate::rooms::error::Error;

const READ_ONLY: Error = Error::Forbidden {
    code: "read_only",
    message: "this character comes with the deployment; create one of your own instead",
};

impl Rooms {
    /// One character.
    ///
    /// # Errors
    /// When it is unknown to the project or the database fails.
    pub async fn character(&self, project_id: &str, id: &str) -> Result<CharacterRecord, Error> {
        if let Some(built_in) = self.built_ins.get(id) {
            return Ok(CharacterRecord::built_in(built_in));
        }
        self.store
            .character(project_id, id)
            .await?
            .ok_or(Error::NotFound("character"))
    }

    /// The deployment's characters, then the project's own, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn characters(&self, project_id: &str) -> Result<Vec<CharacterRecord>, Error> {
        let mut all: Vec<_> = self.built_ins.records().collect();
        all.extend(self.store.characters(project_id).await?);
        Ok(all)
    }

    /// Changes a character of the project's own.
    ///
    /// # Errors
    /// When it is unknown to the project or built in, or the database fails.
    pub async fn update_character(
        &self,
        project_id: &str,
        id: &str,
        change: impl FnOnce(&mut Character) + Send,
    ) -> Result<CharacterRecord, Error> {
        if self.built_ins.get(id).is_some() {
            return Err(READ_ONLY);
        }
        self.store
            .update_character(project_id, id, Box::new(change))
            .await
    }

    /// Deletes a character of the project's own; rooms that it is in keep it.
    ///
    /// # Errors
    /// When it is unknown to the project or built in, or the database fails.
    pub async fn delete_character(&self, project_id: &str, id: &str) -> Result<CharacterRecord, Error> {
        if self.built_ins.get(id).is_some() {
            return Err(READ_ONLY);
        }
        self.store.delete_character(project_id, id).await
    }
}
