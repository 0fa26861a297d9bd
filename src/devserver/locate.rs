//! Finding the server's executable.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// The newest version that Go's module proxy resolves.
pub(super) const VERSION: &str = "v1.11.0";
/// Name of the executable in packages of LiveKit.
const NAME: &str = "livekit-server";

/// Where an installed server is kept; the version is in its name, so that another one is installed beside it.
pub(super) fn cached(cache: &Path) -> PathBuf {
    cache.join("bin").join(format!("{NAME}-{VERSION}"))
}

/// The server on `PATH`, or the one that was installed before.
pub(super) fn find(cache: &Path) -> Option<PathBuf> {
    on_path(NAME).or_else(|| Some(cached(cache)).filter(|path| is_executable(path)))
}

/// The first executable of that name on `PATH`.
pub(super) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| is_executable(file))
}

fn is_executable(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}
