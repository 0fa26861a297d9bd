//! Answers kept for a repeated `Idempotency-Key`.

use async_trait::async_trait;

use super::{SqliteStore, now};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::store::contract::{Answer, AnswerRows};

#[async_trait]
impl AnswerRows for SqliteStore {
    async fn answer(&self, scope: &str, key_hash: &[u8]) -> Result<Option<Answer>, Error> {
        Ok(
            sqlx::query_as("SELECT body_hash, status, sealed FROM answers WHERE scope = ? AND key_hash = ?")
                .bind(scope)
                .bind(key_hash)
                .fetch_optional(&self.reader)
                .await?,
        )
    }

    async fn keep_answer(&self, scope: &str, key_hash: &[u8], answer: &Answer) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        sqlx::query(
            "INSERT INTO answers (scope, key_hash, body_hash, status, sealed, created_at)
             VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
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
        sqlx::query("DELETE FROM answers WHERE created_at < ?")
            .bind(before)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}
