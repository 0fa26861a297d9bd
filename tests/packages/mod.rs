//! Programs from the system's packages: installed when they are missing, where that is allowed.

use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// One installation at a time.
static INSTALLING: Mutex<()> = Mutex::new(());

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
