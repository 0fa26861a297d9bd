//! Answers kept for a repeated `Idempotency-Key`.

use async_trait::async_trait;

use crate::rooms::Timestamp;
use crate::rooms::error::Error;

/// A kept answer.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Answer {
    /// Hash of the request's body.
    pub body_hash: Vec<u8>,
    /// HTTP status.
    pub status: i64,
    /// The body, sealed.
    pub sealed: Vec<u8>,
}

/// Answers kept for a repeated `Idempotency-Key`.
#[async_trait]
pub trait AnswerRows {
    /// The answer kept for this key.
    ///
    /// # Errors
    /// When the database fails.
    async fn answer(&self, scope: &str, key_hash: &[u8]) -> Result<Option<Answer>, Error>;

    /// Keeps an answer; the first one stays.
    ///
    /// # Errors
    /// When the database fails.
    async fn keep_answer(&self, scope: &str, key_hash: &[u8], answer: &Answer) -> Result<(), Error>;

    /// Forgets answers older than `before`.
    ///
    /// # Errors
    /// When the database fails.
    async fn forget_answers(&self, before: Timestamp) -> Result<(), Error>;
}
