//! Passes to the pages of projects.

use async_trait::async_trait;

use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::pass::{MadePass, Pass};

/// Passes to pages.
#[async_trait]
pub trait PassRows {
    /// Keeps a link to the project's pages that opens for `valid_for_ms`; passes that are over are forgotten.
    ///
    /// # Errors
    /// When the database fails.
    async fn insert_pass(&self, project_id: &str, link: &MadePass, valid_for_ms: i64) -> Result<(), Error>;

    /// Opens the link with this hash, once, for `valid_for_ms`; answers until when `token` is good, or `None` when
    /// there is no such link, it has expired, or it was opened before.
    ///
    /// # Errors
    /// When the database fails.
    async fn open_pass(
        &self,
        link_hash: &[u8; 32],
        token: &MadePass,
        valid_for_ms: i64,
    ) -> Result<Option<Timestamp>, Error>;

    /// The opened pass with this id, and the time to judge it by.
    ///
    /// # Errors
    /// When the database fails.
    async fn pass(&self, id: &str) -> Result<Option<(Pass, Timestamp)>, Error>;
}
