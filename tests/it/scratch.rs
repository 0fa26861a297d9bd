//! Folders for the databases of tests: in memory where the system has room there.
//!
//! SQLite waits for the disk with every transaction, and a disk that is busy with something else may keep it
//! waiting for seconds: longer than a lease lasts. What happens then has tests of its own.

use std::path::Path;

use tempfile::TempDir;

/// Where Linux keeps files in memory.
const MEMORY: &str = "/dev/shm";
/// Room that it must have for a test's database and recordings, bytes. Containers often give it 64 MiB in all.
const ENOUGH: u64 = 1 << 30;

/// A new folder, removed when dropped.
pub(crate) fn folder() -> TempDir {
    let memory = Path::new(MEMORY);
    let made = has_room(memory).then(|| tempfile::tempdir_in(memory).ok());
    made.flatten().unwrap_or_else(|| tempfile::tempdir().unwrap())
}

fn has_room(path: &Path) -> bool {
    rustix::fs::statvfs(path).is_ok_and(|file_system| file_system.f_bavail * file_system.f_frsize >= ENOUGH)
}
