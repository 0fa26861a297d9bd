//! Characters as the API keeps them: built-ins of the deployment and a project's own.

use std::sync::{Arc, PoisonError, RwLock};

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

/// The deployment's own characters, visible to every project. Clones see the same, also after they were replaced;
/// the lock is held for a look, never across a wait.
#[derive(Debug, Clone, Default)]
pub struct BuiltIns(Arc<RwLock<Arc<[Character]>>>);

impl BuiltIns {
    /// Sorts them by id, so that lists don't depend on the order of files.
    pub fn new(characters: Vec<Character>) -> Self {
        let built_ins = Self::default();
        built_ins.replace(characters);
        built_ins
    }

    /// Puts others in their place: rooms that are claimed from now on play these.
    pub fn replace(&self, mut characters: Vec<Character>) {
        characters.sort_by(|a, b| a.id.cmp(&b.id));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = characters.into();
    }

    /// All of them as they are now.
    pub fn now(&self) -> Arc<[Character]> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The one with this id.
    pub fn get(&self, id: &str) -> Option<Character> {
        self.now().iter().find(|character| character.id == id).cloned()
    }

    /// All of them as records.
    pub fn records(&self) -> impl Iterator<Item = CharacterRecord> {
        let all = self.now().to_vec();
        all.into_iter().map(CharacterRecord::built_in)
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
