//! People as a project knows them.

use super::Timestamp;

/// A user of a project.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct User {
    /// `usr_…`.
    pub id: String,
    /// `project_…`.
    pub project_id: String,
    /// What the project calls them; unique in the project.
    pub external_id: String,
    /// Their name, once somebody said it.
    pub name: Option<String>,
    /// `team_…`.
    pub team_id: Option<String>,
    /// When they were first seen.
    pub created_at: Timestamp,
}

impl User {
    /// Whether `name` or `team` would add to what is known.
    pub(in crate::rooms) fn lacks(&self, name: Option<&str>, team: Option<&str>) -> bool {
        (self.name.is_none() && name.is_some()) || (self.team_id.is_none() && team.is_some())
    }
}
