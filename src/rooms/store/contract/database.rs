//! The database as a whole.

use async_trait::async_trait;

use crate::rooms::Timestamp;
use crate::rooms::error::Error;

/// The database as a whole.
#[async_trait]
pub trait Database: Send + Sync + 'static {
    /// Whether it answers.
    ///
    /// # Errors
    /// When it does not.
    async fn ping(&self) -> Result<(), Error>;

    /// Time by the database's clock.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn now(&self) -> Result<Timestamp, Error>;

    /// Names this database for as long as its data lives: a backup restored elsewhere has the same name.
    ///
    /// # Errors
    /// When the database does not answer.
    async fn id(&self) -> Result<String, Error>;

    /// Closes all connections once their work is done.
    async fn close(&self);
}
