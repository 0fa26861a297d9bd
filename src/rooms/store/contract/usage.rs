//! What a project has going on.

use async_trait::async_trait;

use crate::rooms::allowance::Usage;
use crate::rooms::error::Error;

/// Counts over a project's rooms. They are read from the rooms themselves, so that they can't drift.
#[async_trait]
pub trait UsageRows {
    /// What the project has going on now, and had today (UTC).
    ///
    /// # Errors
    /// When the database fails.
    async fn usage(&self, project_id: &str) -> Result<Usage, Error>;
}
