//! Where recorded files are kept: a folder, or whatever else can keep named bytes.

use std::io;

use async_trait::async_trait;
use bytes::Bytes;

/// A store of named, immutable objects. Names are made by us: letters, digits, `_`, `-`, `.` and `/`.
#[async_trait]
pub trait Objects: Send + Sync + 'static {
    /// Begins an object. It exists under its name, in place of a former one, once its draft is kept.
    ///
    /// # Errors
    /// When the store takes nothing.
    async fn create(&self, name: &str) -> io::Result<Box<dyn Draft>>;

    /// Up to `length` bytes from `offset`; fewer at the object's end, none behind it.
    ///
    /// # Errors
    /// `NotFound` when there is no such object; otherwise when the store does not answer.
    async fn read(&self, name: &str, offset: u64, length: usize) -> io::Result<Bytes>;

    /// Removes an object; one that is not there is gone already.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn remove(&self, name: &str) -> io::Result<()>;

    /// Removes every object whose name begins with `folder` and a slash.
    ///
    /// # Errors
    /// When the store does not answer.
    async fn remove_all(&self, folder: &str) -> io::Result<()>;

    /// Stores a whole object.
    ///
    /// # Errors
    /// When the store takes it not.
    async fn put(&self, name: &str, bytes: Bytes) -> io::Result<()> {
        let mut draft = self.create(name).await?;
        draft.write(bytes).await?;
        draft.keep().await
    }
}

/// An object that is being written; dropping it leaves nothing.
#[async_trait]
pub trait Draft: Send {
    /// Adds bytes.
    ///
    /// # Errors
    /// When the store takes nothing.
    async fn write(&mut self, bytes: Bytes) -> io::Result<()>;

    /// Makes the object exist, whole and for good.
    ///
    /// # Errors
    /// When the store takes nothing.
    async fn keep(self: Box<Self>) -> io::Result<()>;
}
