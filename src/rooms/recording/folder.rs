//! Objects as files of a folder that only its owner may read.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt};
use std::path::{Component, Path, PathBuf};

use async_trait::async_trait;
use bytes::Bytes;

use super::objects::{Draft, Objects};
use crate::rooms::id::random_base62;

/// A folder of objects; it is made when the first object is.
#[derive(Debug, Clone)]
pub struct FolderObjects {
    folder: PathBuf,
}

impl FolderObjects {
    /// Keeps objects in `folder`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
        }
    }

    fn path(&self, name: &str) -> io::Result<PathBuf> {
        let name = Path::new(name);
        let is_plain = name.components().all(|part| matches!(part, Component::Normal(_)));
        if !is_plain {
            return Err(io::Error::new(
                ErrorKind::InvalidInput,
                "the object's name leaves the folder",
            ));
        }
        Ok(self.folder.join(name))
    }
}

#[async_trait]
impl Objects for FolderObjects {
    async fn create(&self, name: &str) -> io::Result<Box<dyn Draft>> {
        let path = self.path(name)?;
        let draft = blocking(move || FileDraft::begin(path)).await?;
        Ok(Box::new(draft))
    }

    async fn read(&self, name: &str, offset: u64, length: usize) -> io::Result<Bytes> {
        let path = self.path(name)?;
        blocking(move || {
            let file = File::open(path)?;
            let mut bytes = vec![0; length];
            let mut filled = 0;
            while filled < length {
                match file.read_at(&mut bytes[filled..], offset + filled as u64)? {
                    0 => break,
                    count => filled += count,
                }
            }
            bytes.truncate(filled);
            Ok(bytes.into())
        })
        .await
    }

    async fn remove(&self, name: &str) -> io::Result<()> {
        let (path, folder) = (self.path(name)?, self.folder.clone());
        blocking(move || {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            remove_empty(&path, &folder);
            Ok(())
        })
        .await
    }

    async fn remove_all(&self, folder: &str) -> io::Result<()> {
        let (path, root) = (self.path(folder)?, self.folder.clone());
        blocking(move || {
            match std::fs::remove_dir_all(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            remove_empty(&path, &root);
            Ok(())
        })
        .await
    }
}

/// Folders go with their last file.
fn remove_empty(path: &Path, root: &Path) {
    for parent in path.ancestors().skip(1).take_while(|parent| *parent != root) {
        if std::fs::remove_dir(parent).is_err() {
            return;
        }
    }
}

/// A file under another name until it is whole.
struct FileDraft {
    file: File,
    draft: PathBuf,
    path: PathBuf,
    kept: bool,
}

impl FileDraft {
    fn begin(path: PathBuf) -> io::Result<Self> {
        let mut draft = path.as_os_str().to_owned();
        draft.push(format!(".{}.draft", random_base62(8)));
        let draft = PathBuf::from(draft);
        let open = || {
            if let Some(parent) = path.parent() {
                DirBuilder::new().recursive(true).mode(0o700).create(parent)?;
            }
            OpenOptions::new()
                .write(true)
                .create_new(true)
                .mode(0o600)
                .open(&draft)
        };
        let file = match open() {
            // Another object's removal took the empty folder away in between.
            Err(error) if error.kind() == ErrorKind::NotFound => open()?,
            other => other?,
        };
        Ok(Self {
            file,
            draft,
            path,
            kept: false,
        })
    }

    fn keep(&mut self) -> io::Result<()> {
        self.file.sync_all()?;
        std::fs::rename(&self.draft, &self.path)?;
        self.kept = true;
        // The name must outlive a power cut as well.
        match self.path.parent() {
            Some(parent) => File::open(parent)?.sync_all(),
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Draft for FileDraft {
    async fn write(&mut self, bytes: Bytes) -> io::Result<()> {
        let mut file = self.file.try_clone()?;
        blocking(move || file.write_all(&bytes)).await
    }

    async fn keep(mut self: Box<Self>) -> io::Result<()> {
        blocking(move || FileDraft::keep(&mut self)).await
    }
}

impl Drop for FileDraft {
    fn drop(&mut self) {
        if !self.kept {
            let _ = std::fs::remove_file(&self.draft);
        }
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[tokio::test]
    async fn an_object_is_there_once_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let objects = FolderObjects::new(folder.path().join("made"));
        let mut draft = objects.create("room/one.opus").await.unwrap();
        draft.write(Bytes::from_static(b"some ")).await.unwrap();
        let missing = objects.read("room/one.opus", 0, 10).await.unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::NotFound);
        draft.write(Bytes::from_static(b"sound")).await.unwrap();
        draft.keep().await.unwrap();
        assert_eq!(objects.read("room/one.opus", 5, 100).await.unwrap(), "sound");
        assert_eq!(objects.read("room/one.opus", 100, 100).await.unwrap(), "");
        objects
            .put("room/one.opus", Bytes::from_static(b"anew"))
            .await
            .unwrap();
        assert_eq!(objects.read("room/one.opus", 0, 100).await.unwrap(), "anew");
    }

    #[tokio::test]
    async fn nothing_is_left_of_what_is_dropped_or_removed() {
        let folder = tempfile::tempdir().unwrap();
        let objects = FolderObjects::new(folder.path());
        objects.put("a/b/one", Bytes::from_static(b"1")).await.unwrap();
        drop(objects.create("a/b/two").await.unwrap());
        objects.remove("a/b/one").await.unwrap();
        objects.remove("a/b/one").await.unwrap();
        for name in ["a/one", "a/b/two", "c/three"] {
            objects.put(name, Bytes::from_static(b"1")).await.unwrap();
        }
        objects.remove_all("a").await.unwrap();
        objects.remove_all("a").await.unwrap();
        assert!(objects.read("c/three", 0, 1).await.is_ok());
        objects.remove("c/three").await.unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn no_name_leaves_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let objects = FolderObjects::new(folder.path());
        for name in ["../one", "/etc/one", "a/../../one"] {
            assert!(objects.put(name, Bytes::new()).await.is_err(), "{name}");
        }
    }
}
