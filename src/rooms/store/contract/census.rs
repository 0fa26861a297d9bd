//! How many there are, across projects.

use async_trait::async_trait;

use crate::rooms::error::Error;

/// Rooms and workers of this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct Census {
    /// Started rooms that nobody plays: new ones, and those whose worker has gone.
    pub waiting: i64,
    /// Rooms that a worker plays.
    pub playing: i64,
    /// Workers that have let themselves be heard lately.
    pub workers: i64,
}

/// Counts across projects.
#[async_trait]
pub trait CensusRows {
    /// Counts.
    ///
    /// # Errors
    /// When the database fails.
    async fn census(&self) -> Result<Census, Error>;
}
