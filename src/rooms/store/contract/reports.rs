//! Reports of role-plays and interviews.

use async_trait::async_trait;

use crate::rooms::Timestamp;
use crate::rooms::error::Error;

/// Reports.
#[async_trait]
pub trait ReportRows {
    /// Role-plays and interviews that were begun, ended between these times and have no report yet, oldest first, as
    /// (surface, room), at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    async fn reports_due(
        &self,
        since: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(String, String)>, Error>;

    /// Keeps a report, as JSON, unless there is one already; answers whether it was kept.
    ///
    /// # Errors
    /// When the database fails.
    async fn keep_report(&self, room_id: &str, report: &str) -> Result<bool, Error>;
}
