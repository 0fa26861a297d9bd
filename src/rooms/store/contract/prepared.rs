//! What a project prepares once and uses often: premade role-plays and research projects.

use async_trait::async_trait;

use crate::rooms::Timestamp;
use crate::rooms::error::Error;

/// What is prepared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreparedKind {
    /// Premade role-plays.
    Roleplay,
    /// Research projects of interviews.
    Research,
}

impl PreparedKind {
    /// As it is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Roleplay => "roleplay",
            Self::Research => "research",
        }
    }
}

/// One prepared thing.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Prepared {
    /// Position in the database.
    pub seq: i64,
    /// It, as JSON.
    pub body: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Premade role-plays and research projects.
#[async_trait]
pub trait PreparedRows {
    /// Keeps `body` under the UUID `id`.
    ///
    /// # Errors
    /// When the database fails.
    async fn insert_prepared(
        &self,
        project_id: &str,
        kind: PreparedKind,
        id: &str,
        body: &str,
    ) -> Result<Prepared, Error>;

    /// All that the project prepared of this kind, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    async fn all_prepared(&self, project_id: &str, kind: PreparedKind) -> Result<Vec<Prepared>, Error>;

    /// One that the project prepared.
    ///
    /// # Errors
    /// When the database fails.
    async fn prepared(
        &self,
        project_id: &str,
        kind: PreparedKind,
        id: &str,
    ) -> Result<Option<Prepared>, Error>;
}
