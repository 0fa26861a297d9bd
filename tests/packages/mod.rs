//! Programs from the system's packages: installed when they are missing, where that is allowed.

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// One installation at a time.
static INSTALLING: Mutex<()> = Mutex::new(());

/// What drives the browser, for Python, pinned.
pub(crate) const BROWSER_DRIVER: [&str; 1] = ["playwright==1.65.2"];

/// Names of the browser, as Debian and others install it.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];

/// A Chromium.
pub(crate) fn browser() -> PathBuf {
    need("chromium", || {
        std::env::split_paths(&std::env::var_os("PATH")?)
            .flat_map(|folder| BROWSERS.map(|name| folder.join(name)))
            .find(|path| path.is_file())
    })
}

/// What `find` finds, after installing `package` if it found nothing.
pub(crate) fn need<T>(package: &str, find: impl Fn() -> Option<T>) -> T {
    if let Some(found) = find() {
        return found;
    }
    let _installing = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/packages.sh");
    // It says itself what stands in its way.
    let _ = Command::new("sh").args([script, package]).status();
    find().expect("a package that the tests need is installed")
}
