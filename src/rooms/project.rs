//! Projects: whose rooms, characters and keys belong together.

use super::Timestamp;

/// A project.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Project {
    /// `project_…`.
    pub id: String,
    /// Name for people, unique in the deployment.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Days after which its recordings are removed; without a number the server's own holds.
    pub recording_retention_days: Option<i64>,
}
