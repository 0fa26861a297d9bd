//! Answers kept for a repeated `Idempotency-Key`.

use super::{Store, now};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;

/// A kept answer.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Answer {
    /// Hash of the request's body.
    pub body_hash: Vec<u8>,
    /// HTTP status.
    pub status: i64,
    /// The body, sealed.
    pub sealed: Vec<u8>,
}

impl Store {
    /// The answer kept for this key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answer(&self, scope: &str, key_hash: &[u8]) -> Result<Option<Answer>, Error> {
        Ok(
            sqlx::query_as("SELECT body_hash, status, sealed FROM answers WHERE scope = ? AND key_hash = ?")
                .bind(scope)
                .bind(key_hash)
                .fetch_optional(&self.reader)
                .await?,
        )
    }

    /// Keeps an answer; the first one stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_answer(&self, scope: &str, key_hash: &[u8], answer: &Answer) -> Result<(), Error> {
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

    /// Forgets answers older than `before`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_answers(&self, before: Timestamp) -> Result<(), Error> {
        sqlx::query("DELETE FROM answers WHERE created_at < ?")
            .bind(before)
            .execute(&self.writer)
            .await?;
        Ok(())
    }
}
