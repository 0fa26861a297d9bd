//! The folder in which recorded segments wait for the API.
//!
//! It holds speech, so only its owner may read it. It is bounded for the worker as a whole, and a room's part goes
//! with the room. What another worker left behind is of no use to anyone, since its epoch is over, and is removed
//! when the next one starts.

use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;

/// Most bytes that wait, of all rooms together: half an hour of 25 rooms with three voices each.
pub(in crate::worker) const SPOOL_BYTES_MAX: u64 = 1 << 30;
/// Age from which on another worker's folder counts as left behind: no claim's last upload takes that long.
const LEFT_BEHIND: Duration = Duration::from_secs(24 * 3600);

/// The folder of a worker.
#[derive(Clone)]
pub(in crate::worker) struct Spool(Arc<Shared>);

struct Shared {
    folder: PathBuf,
    bytes_max: u64,
    bytes: AtomicU64,
}

impl Spool {
    /// A spool of at most `bytes_max` in `parent`, for the worker `id`. Nothing is made before it is needed.
    pub(in crate::worker) fn new(parent: &Path, id: &str, bytes_max: u64) -> Self {
        remove_left_behind(parent);
        Self(Arc::new(Shared {
            folder: parent.join(id),
            bytes_max,
            bytes: AtomicU64::new(0),
        }))
    }

    /// The part of one room under one claim.
    pub(super) fn room(&self, room_id: &str, epoch: u64) -> RoomSpool {
        RoomSpool {
            shared: self.0.clone(),
            folder: self.0.folder.join(format!("{room_id}-{epoch}")),
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // Rooms remove what is theirs; this leaves nothing of the worker.
        let _ = std::fs::remove_dir(&self.folder);
    }
}

/// The part of one room; it is removed when dropped.
pub(super) struct RoomSpool {
    shared: Arc<Shared>,
    folder: PathBuf,
}

impl RoomSpool {
    /// Keeps a file under `name`.
    ///
    /// # Errors
    /// When the spool is full, or the disk is.
    pub(super) async fn keep(&self, name: &str, file: Bytes) -> io::Result<Kept> {
        let length = file.len() as u64;
        let reserved = Reserved::of(&self.shared, length)?;
        let (folder, path) = (self.folder.clone(), self.folder.join(name));
        let kept = Kept {
            path: path.clone(),
            _reserved: reserved,
        };
        tokio::task::spawn_blocking(move || write(&folder, &path, &file))
            .await
            .map_err(io::Error::other)??;
        Ok(kept)
    }
}

impl Drop for RoomSpool {
    fn drop(&mut self) {
        match std::fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::warn!(%error, "remove the recorded segments of a room");
            }
            _ => {}
        }
    }
}

/// A file that waits; it is removed when dropped.
pub(super) struct Kept {
    path: PathBuf,
    _reserved: Reserved,
}

impl Kept {
    /// Its bytes.
    ///
    /// # Errors
    /// When the disk does not give them.
    pub(super) async fn read(&self) -> io::Result<Bytes> {
        tokio::fs::read(&self.path).await.map(Into::into)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Space in the spool.
struct Reserved {
    shared: Arc<Shared>,
    bytes: u64,
}

impl Reserved {
    fn of(shared: &Arc<Shared>, bytes: u64) -> io::Result<Self> {
        let before = shared.bytes.fetch_add(bytes, Ordering::AcqRel);
        let reserved = Self {
            shared: shared.clone(),
            bytes,
        };
        if before.saturating_add(bytes) > shared.bytes_max {
            return Err(io::Error::new(
                ErrorKind::StorageFull,
                "the spool's limit is reached",
            ));
        }
        Ok(reserved)
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.shared.bytes.fetch_sub(self.bytes, Ordering::AcqRel);
    }
}

fn write(folder: &Path, path: &Path, file: &[u8]) -> io::Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let mut output = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)?;
    output.write_all(file)
}

fn remove_left_behind(parent: &Path) {
    let Ok(folders) = std::fs::read_dir(parent) else {
        return;
    };
    for folder in folders.flatten() {
        let age = folder
            .metadata()
            .and_then(|data| data.modified())
            .ok()
            .and_then(|at| at.elapsed().ok());
        if age.is_some_and(|age| age > LEFT_BEHIND)
            && let Err(error) = std::fs::remove_dir_all(folder.path())
        {
            tracing::warn!(%error, "remove the recorded segments of a former worker");
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    fn count(folder: &Path) -> usize {
        std::fs::read_dir(folder).map_or(0, Iterator::count)
    }

    #[tokio::test]
    async fn what_is_kept_can_be_read_and_goes_with_its_room() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path(), "worker_1", 100);
        let room = spool.room("room_1", 3);
        let kept = room.keep("0-1", Bytes::from_static(b"sound")).await.unwrap();
        assert_eq!(kept.read().await.unwrap(), "sound");
        drop(room);
        assert!(kept.read().await.is_err());
        drop((kept, spool));
        assert_eq!(count(folder.path()), 0);
    }

    #[tokio::test]
    async fn the_limit_counts_all_rooms_and_space_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::new(folder.path(), "worker_1", 10);
        let (one, two) = (spool.room("room_1", 1), spool.room("room_2", 1));
        let kept = one.keep("0-1", Bytes::from_static(b"12345678")).await.unwrap();
        let full = two.keep("0-1", Bytes::from_static(b"1234")).await.err().unwrap();
        assert_eq!(full.kind(), ErrorKind::StorageFull);
        drop(kept);
        assert!(two.keep("0-1", Bytes::from_static(b"1234")).await.is_ok());
    }

    #[tokio::test]
    async fn a_folder_that_can_not_be_made_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("file");
        std::fs::write(&blocked, "in the way").unwrap();
        let spool = Spool::new(&blocked, "worker_1", 100);
        let room = spool.room("room_1", 1);
        assert!(room.keep("0-1", Bytes::from_static(b"1")).await.is_err());
        assert_eq!(spool.0.bytes.load(Ordering::Relaxed), 0);
    }
}
