//! API keys, with the projects and users they stand for.

use async_trait::async_trait;

use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::key::{KeyKind, KeyRecord, MadeKey};

/// API keys.
#[async_trait]
pub trait KeyRows {
    /// Keeps `key`; makes the project (by name) and the user (an external id) when they are new.
    ///
    /// # Errors
    /// When the database fails.
    async fn insert_key(
        &self,
        key: &MadeKey,
        kind: KeyKind,
        project: Option<&str>,
        user: Option<&str>,
        valid_for_ms: Option<i64>,
    ) -> Result<(), Error>;

    /// The key with this id, and the time to judge it by.
    ///
    /// # Errors
    /// When the database fails.
    async fn key(&self, id: &str) -> Result<Option<(KeyRecord, Timestamp)>, Error>;

    /// All keys, or those of the project with this name, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    async fn keys(&self, project: Option<&str>) -> Result<Vec<KeyRecord>, Error>;

    /// Refuses the key from now on; revoking twice changes nothing.
    ///
    /// # Errors
    /// When there is no such key or the database fails.
    async fn revoke_key(&self, id: &str) -> Result<(), Error>;
}
