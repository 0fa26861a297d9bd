//! What comes with the deployment besides characters: premade role-plays and research projects.

use std::path::Path;
use std::sync::Arc;

use super::interview::{ResearchProject, project_builtins};
use super::roleplay::{Premade, premade_builtins};
use super::template;
use crate::character::Faults;

/// The deployment's premade role-plays and research projects, visible to every project.
#[derive(Debug, Clone)]
pub struct Library {
    /// By name.
    pub roleplays: Arc<[Premade]>,
    /// By name.
    pub research: Arc<[ResearchProject]>,
}

impl Library {
    /// What is kept in the binary.
    pub fn built_in() -> Self {
        Self::of(premade_builtins(), project_builtins())
    }

    /// The same with the files of `<agents>/roleplays` and `<agents>/interviews`.
    ///
    /// # Errors
    /// All faults of the files of the first folder that has any.
    pub fn load(agents: &Path) -> Result<Self, Faults> {
        Ok(Self::of(
            template::load(premade_builtins(), agents)?,
            template::load(project_builtins(), agents)?,
        ))
    }

    fn of(mut roleplays: Vec<Premade>, mut research: Vec<ResearchProject>) -> Self {
        // Lists must not depend on the order of files.
        roleplays.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        research.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        Self {
            roleplays: roleplays.into(),
            research: research.into(),
        }
    }
}
