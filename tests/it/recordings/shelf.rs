//! A folder of recordings of a test's own, on a disk that can be full.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use tempfile::TempDir;
use troupe::rooms::recording::{Draft, FolderObjects, Objects};

/// `ENOSPC`.
const NO_SPACE: i32 = 28;

pub(crate) struct Shelf {
    objects: FolderObjects,
    folder: TempDir,
    full: AtomicBool,
}

impl Shelf {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            objects: FolderObjects::new(folder.path()),
            folder,
            full: AtomicBool::new(false),
        }
    }

    pub(crate) fn set_full(&self, full: bool) {
        self.full.store(full, Ordering::Relaxed);
    }

    /// Files that there are.
    pub(crate) fn count(&self) -> usize {
        count(self.folder.path())
    }
}

fn count(folder: &Path) -> usize {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| if path.is_dir() { count(&path) } else { 1 })
        .sum()
}

#[async_trait]
impl Objects for Shelf {
    async fn create(&self, name: &str) -> io::Result<Box<dyn Draft>> {
        let draft = self.objects.create(name).await?;
        if self.full.load(Ordering::Relaxed) {
            return Ok(Box::new(Full(draft)));
        }
        Ok(draft)
    }

    async fn read(&self, name: &str, offset: u64, length: usize) -> io::Result<Bytes> {
        self.objects.read(name, offset, length).await
    }

    async fn remove(&self, name: &str) -> io::Result<()> {
        self.objects.remove(name).await
    }

    async fn remove_all(&self, folder: &str) -> io::Result<()> {
        self.objects.remove_all(folder).await
    }
}

/// A file that was begun when the disk filled up.
struct Full(#[expect(dead_code, reason = "it is dropped with the draft")] Box<dyn Draft>);

#[async_trait]
impl Draft for Full {
    async fn write(&mut self, _: Bytes) -> io::Result<()> {
        Err(io::Error::from_raw_os_error(NO_SPACE))
    }

    async fn keep(self: Box<Self>) -> io::Result<()> {
        Err(io::Error::from_raw_os_error(NO_SPACE))
    }
}
