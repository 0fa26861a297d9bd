//! Answers kept for a repeated `Idempotency-Key`.

use async_trait::async_trait;

use super::{PostgresStore, now};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::store::contract::{Answer, AnswerRows};

#[async_trait]
impl AnswerRows for PostgresStore {
    async fn answer(&self, scope: &str, key_hash: &[u8]) -> Result<Option<Answer>, Error> {
        Ok(
            sqlx::query_as(
                "SELECT body_hash, status, sealed FROM answers WHERE scope = $1 AND key_hash = $2",
            )
            .bind(scope)
            .bind(key_hash)
            .fetch_optional(&self.pool)
            .await?,
        )
    }

    async fn keep_answer(&self, scope: &str, key_hash: &[u8], answer: &Answer) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        sqlx::query(
            "INSERT INTO answers (scope, key_hash, body_hash, status, sealed, created_at)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        )
        .bind(scope)
        .bind(key_hash)
        .bind(&answer.body_hash)
        .bind(answer.status)
        .bind(&answer.sealed)
        .bind(at)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    async fn forget_answers(&self, before: Timestamp) -> Result<(), Error> {
        sqlx::query("DELETE FROM answers WHERE created_at < $1")
            .bind(before)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}
