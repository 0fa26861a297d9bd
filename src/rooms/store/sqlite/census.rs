//! How many there are, across projects.

use async_trait::async_trait;

use super::{SqliteStore, now};
use crate::rooms::error::Error;
use crate::rooms::store::contract::{Census, CensusRows};

#[async_trait]
impl CensusRows for SqliteStore {
    async fn census(&self) -> Result<Census, Error> {
        let mut connection = self.reader.acquire().await?;
        let at = now(&mut connection).await?;
        Ok(sqlx::query_as(
            "SELECT COUNT(*) FILTER (WHERE COALESCE(w.lease_until, 0) <= ?1) AS waiting,
                    COUNT(*) FILTER (WHERE w.lease_until > ?1) AS playing,
                    (SELECT COUNT(*) FROM workers WHERE lease_until > ?1) AS workers
             FROM rooms r LEFT JOIN workers w ON w.id = r.worker_id
             WHERE r.started_at IS NOT NULL AND r.ended_at IS NULL",
        )
        .bind(at)
        .fetch_one(&mut *connection)
        .await?)
    }
}
