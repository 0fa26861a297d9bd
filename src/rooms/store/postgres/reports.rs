//! Reports of role-plays and interviews.

use async_trait::async_trait;

use super::PostgresStore;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::store::contract::ReportRows;

#[async_trait]
impl ReportRows for PostgresStore {
    async fn reports_due(
        &self,
        since: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(String, String)>, Error> {
        Ok(sqlx::query_as(
            "SELECT r.surface, r.id FROM rooms r
             LEFT JOIN roleplays p ON p.room_id = r.id LEFT JOIN interviews i ON i.room_id = r.id
             WHERE r.surface IN ('roleplay', 'interview') AND r.started_at IS NOT NULL
               AND r.ended_at >= $1 AND r.ended_at <= $2 AND p.report IS NULL AND i.report IS NULL
             ORDER BY r.ended_at, r.id LIMIT $3",
        )
        .bind(since)
        .bind(until)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?)
    }

    async fn keep_report(&self, room_id: &str, report: &str) -> Result<bool, Error> {
        let mut tx = self.write().await?;
        let mut kept = 0;
        for sql in [
            "UPDATE roleplays SET report = $1 WHERE room_id = $2 AND report IS NULL",
            "UPDATE interviews SET report = $1 WHERE room_id = $2 AND report IS NULL",
        ] {
            kept += sqlx::query(sql)
                .bind(report)
                .bind(room_id)
                .execute(&mut *tx)
                .await?
                .rows_affected();
        }
        tx.commit().await?;
        Ok(kept > 0)
    }
}
