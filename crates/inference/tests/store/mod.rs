//! The models that tests run: taken from the usual cache, pulled when they are not there.

use std::path::PathBuf;

use troupe_inference::models::Store;

/// Folder of a model.
pub(crate) fn model(name: &str) -> PathBuf {
    store().pull(name, &mut |_| {}).unwrap()
}

/// All of them.
pub(crate) fn store() -> Store {
    let named = std::env::var_os("TROUPE_CACHE").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(PathBuf::from);
    Store::new(named.or_else(|| Some(home?.join(".cache/troupe"))).unwrap())
}
