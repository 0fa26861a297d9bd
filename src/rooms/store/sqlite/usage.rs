//! What a project has going on.

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::{SqliteStore, now};
use crate::rooms::Timestamp;
use crate::rooms::allowance::{Usage, day_of};
use crate::rooms::error::Error;
use crate::rooms::store::contract::UsageRows;

#[async_trait]
impl UsageRows for SqliteStore {
    async fn usage(&self, project_id: &str) -> Result<Usage, Error> {
        let mut connection = self.reader.acquire().await?;
        let at = now(&mut connection).await?;
        Ok(of(&mut connection, project_id, at).await?)
    }
}

/// As [`UsageRows::usage`], within a transaction.
pub(super) async fn of(
    connection: &mut SqliteConnection,
    project_id: &str,
    at: Timestamp,
) -> sqlx::Result<Usage> {
    sqlx::query_as(
        "SELECT COUNT(*) FILTER (WHERE ended_at IS NULL) AS playing,
                COALESCE(SUM(COALESCE(ended_at, ?2) - MAX(started_at, ?3)), 0) AS played_ms
         FROM rooms
         WHERE project_id = ?1 AND started_at IS NOT NULL AND (ended_at IS NULL OR ended_at > ?3)",
    )
    .bind(project_id)
    .bind(at)
    .bind(day_of(at))
    .fetch_one(connection)
    .await
}
