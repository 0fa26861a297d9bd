//! Characters as the API keeps them: built-ins of the deployment and a project's own.

use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use super::Timestamp;
use super::list::Place;
use crate::character::Character;

/// A character and where it comes from.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CharacterRecord {
    /// Who it is.
    #[serde(flatten)]
    pub character: Character,
    /// Whether it comes with the deployment and can't be changed.
    pub built_in: bool,
    /// `project_…`; `None` for a built-in.
    #[schema(required = true)]
    pub project_id: Option<String>,
    /// When it was made; `None` for a built-in.
    #[schema(required = true)]
    pub created_at: Option<Timestamp>,
    /// When it was last changed; `None` for a built-in.
    #[schema(required = true)]
    pub updated_at: Option<Timestamp>,
    /// Where it stands in the project's list.
    #[serde(skip)]
    pub place: Place,
}

/// The deployment's own characters, visible to every project.
#[derive(Debug, Clone, Default)]
pub struct BuiltIns(Arc<[Character]>);

impl BuiltIns {
    /// Sorts them by id, so that lists don't depend on the order of files.
    pub fn new(mut characters: Vec<Character>) -> Self {
        characters.sort_by(|a, b| a.id.cmp(&b.id));
        Self(characters.into())
    }

    /// The one with this id.
    pub fn get(&self, id: &str) -> Option<&Character> {
        self.0.iter().find(|character| character.id == id)
    }

    /// All of them as records.
    pub fn records(&self) -> impl Iterator<Item = CharacterRecord> {
        self.0.iter().cloned().map(CharacterRecord::built_in)
    }
}

impl CharacterRecord {
    /// A built-in's record.
    pub fn built_in(character: Character) -> Self {
        Self {
            place: Place::BuiltIn(String::new(), character.id.clone()),
            character,
            built_in: true,
            project_id: None,
            created_at: None,
            updated_at: None,
        }
    }
}
