//! The folder in which entries wait for the API, so that they outlive this process.
//!
//! One file for each claim, a line for each entry. The file is there for as long as the claim is, so that the next
//! process on this disk knows which rooms died with this one. It holds speech: only its owner may read it. Lines are
//! handed to the operating system, not to the disk itself: they outlive the process, not the machine.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::protocol::NewEntry;

/// The file that a living worker has locked.
const LOCK: &str = "lock";
/// What the other files of a folder end with.
const EXTENSION: &str = "jsonl";

/// The folder of a worker. Without one, entries wait in memory alone.
#[derive(Debug, Clone)]
pub(in crate::worker) struct Spool(Option<std::sync::Arc<Folder>>);

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    /// Locked for as long as this process lives, however it dies.
    _lock: fs::File,
}

impl Spool {
    /// The spool of the worker `id` in `parent`.
    pub(in crate::worker) fn open(parent: &Path, id: &str, api_url: &str) -> Self {
        match Folder::open(parent.join(id), api_url) {
            Ok(folder) => Self(Some(std::sync::Arc::new(folder))),
            Err(error) => {
                tracing::error!(%error, "open the folder for entries; they wait in memory alone");
                Self(None)
            }
        }
    }

    /// The file of one claim.
    pub(super) fn room(&self, room_id: &str, epoch: u64) -> Option<File> {
        let folder = self.0.as_ref()?;
        match File::create(&folder.path, room_id, epoch) {
            Ok(file) => Some(file),
            Err(error) => {
                tracing::error!(room = room_id, %error, "open a file for entries; they wait in memory alone");
                None
            }
        }
    }
}

impl Folder {
    fn open(path: PathBuf, api_url: &str) -> io::Result<Self> {
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&path)?;
        let mut lock = private(&path.join(LOCK))?;
        lock.lock()?;
        // Whoever finds this folder hands it to the same API and to no other.
        lock.write_all(api_url.as_bytes())?;
        Ok(Self { path, _lock: lock })
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Entries that were never taken stay for the next process.
        let is_empty = files(&self.path).is_empty();
        if is_empty && let Err(error) = fs::remove_dir_all(&self.path) {
            tracing::warn!(%error, "remove the folder for entries");
        }
    }
}

/// One claim's file.
#[derive(Debug)]
pub(super) struct File {
    path: PathBuf,
    file: fs::File,
}

impl File {
    fn create(folder: &Path, room_id: &str, epoch: u64) -> io::Result<Self> {
        let path = folder.join(format!("{room_id}-{epoch}.{EXTENSION}"));
        let file = private(&path)?;
        Ok(Self { path, file })
    }

    /// Writes an entry down.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub(super) fn write(&mut self, entry: &NewEntry) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        self.file.write_all(&line)
    }

    /// Forgets what was written: all of it was acknowledged.
    pub(super) fn empty(&mut self) {
        if let Err(error) = self.file.set_len(0) {
            // They would be handed in once more, and not be stored again.
            tracing::warn!(%error, "empty a file of entries");
        }
    }

    /// The claim is over, and nothing of it waits.
    pub(super) fn remove(self) {
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(%error, "remove a file of entries");
        }
    }
}

/// A file of a claim that its process left behind.
#[derive(Debug)]
pub(super) struct Left {
    pub(super) path: PathBuf,
    pub(super) room_id: String,
    pub(super) epoch: u64,
    pub(super) entries: Vec<NewEntry>,
}

/// A folder whose process is dead, locked by this one.
#[derive(Debug)]
pub(super) struct LeftFolder {
    pub(super) worker_id: String,
    pub(super) claims: Vec<Left>,
    path: PathBuf,
    _lock: fs::File,
}

impl LeftFolder {
    /// Removes the folder, if nothing is left in it.
    pub(super) fn remove_if_empty(self) {
        if files(&self.path).is_empty() {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// What dead processes left in `parent` for this API.
pub(super) fn left_behind(parent: &Path, api_url: &str) -> Vec<LeftFolder> {
    let Ok(folders) = fs::read_dir(parent) else {
        return Vec::new();
    };
    let folders = folders.flatten().map(|folder| folder.path());
    folders.filter_map(|path| left_folder(path, api_url)).collect()
}

fn left_folder(path: PathBuf, api_url: &str) -> Option<LeftFolder> {
    let worker_id = path.file_name()?.to_str()?.to_owned();
    let lock = fs::File::open(path.join(LOCK)).ok()?;
    // A living process holds it, and with it its rooms.
    lock.try_lock().ok()?;
    if fs::read_to_string(path.join(LOCK)).ok()? != api_url {
        return None;
    }
    let claims = files(&path).into_iter().filter_map(left).collect();
    Some(LeftFolder {
        worker_id,
        claims,
        path,
        _lock: lock,
    })
}

fn left(path: PathBuf) -> Option<Left> {
    let (room_id, epoch) = path.file_stem()?.to_str()?.rsplit_once('-')?;
    let (room_id, epoch) = (room_id.to_owned(), epoch.parse().ok()?);
    let text = fs::read_to_string(&path).ok()?;
    // The last line may be half written.
    let entries = text.lines().map_while(|line| serde_json::from_str(line).ok());
    Some(Left {
        entries: entries.collect(),
        room_id,
        epoch,
        path,
    })
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let paths = entries.flatten().map(|entry| entry.path());
    paths
        .filter(|path| path.extension().is_some_and(|extension| extension == EXTENSION))
        .collect()
}

fn private(path: &Path) -> io::Result<fs::File> {
    fs::OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use crate::protocol::SpeakerType;

    fn entry(sequence: u64) -> NewEntry {
        NewEntry {
            sequence,
            speaker_type: SpeakerType::User,
            character_id: None,
            speaker_identity: None,
            speaker_name: None,
            content: format!("line {sequence}"),
            turn: None,
        }
    }

    #[test]
    fn what_a_dead_process_wrote_is_found_and_what_a_living_one_writes_is_not() {
        let parent = tempfile::tempdir().unwrap();
        let spool = Spool::open(parent.path(), "worker_1", "http://api");
        let mut file = spool.room("room_a", 3).unwrap();
        file.write(&entry(1)).unwrap();
        file.empty();
        for sequence in 2..=3 {
            file.write(&entry(sequence)).unwrap();
        }
        file.file.write_all(b"{\"sequence\":4,\"spea").unwrap();
        assert!(left_behind(parent.path(), "http://api").is_empty(), "it lives");
        drop((file, spool));
        assert!(left_behind(parent.path(), "http://other").is_empty());
        let mut found = left_behind(parent.path(), "http://api");
        let folder = found.pop().unwrap();
        assert_eq!(folder.worker_id, "worker_1");
        let [claim] = &folder.claims[..] else {
            unreachable!("one claim was written")
        };
        assert_eq!((claim.room_id.as_str(), claim.epoch), ("room_a", 3));
        assert_eq!(claim.entries, [entry(2), entry(3)]);
        assert!(
            left_behind(parent.path(), "http://api").is_empty(),
            "one finds it"
        );
        fs::remove_file(&claim.path).unwrap();
        folder.remove_if_empty();
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }

    #[test]
    fn nothing_stays_of_a_worker_that_is_done() {
        let parent = tempfile::tempdir().unwrap();
        let spool = Spool::open(parent.path(), "worker_1", "http://api");
        spool.room("room_a", 1).unwrap().remove();
        drop(spool);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }
}
