//! A LiveKit server for one machine: one that is configured, or one that is found or installed, and started.

mod error;
mod install;
mod locate;
mod log;
mod process;

use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;

pub use error::DevServerError;
pub use process::Running;

use crate::config::{LiveKit, ServerUrl};

/// Where the server's executable comes from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Folder of fetched things.
    pub cache: &'a Path,
    /// Install nothing.
    pub offline: bool,
}

/// Starts a server with the configured key and answers once it is ready. It runs until the answer is dropped,
/// and not longer than this process, however that ends.
///
/// `progress` hears what takes time.
///
/// # Errors
/// When no server is found or can be installed, or when it does not come up; the end of its log is told.
pub async fn start(
    livekit: &LiveKit,
    source: Source<'_>,
    progress: impl Fn(String),
) -> Result<Running, DevServerError> {
    start_telling(livekit, source, None, progress).await
}

/// As [`start`]; the server tells `webhook`, an `http` URL, what happens in its rooms.
///
/// # Errors
/// As there.
pub async fn start_telling(
    livekit: &LiveKit,
    source: Source<'_>,
    webhook: Option<&str>,
    progress: impl Fn(String),
) -> Result<Running, DevServerError> {
    let executable = executable(source, progress).await?;
    let secret = livekit.api_secret.expose_secret();
    Running::start(&executable, &livekit.api_key, secret, webhook).await
}

/// The server's binary, built and kept in the cache when there is none.
///
/// # Errors
/// When no server is found or can be installed.
pub async fn executable(source: Source<'_>, progress: impl Fn(String)) -> Result<PathBuf, DevServerError> {
    match locate::find(source.cache) {
        Some(found) => Ok(found),
        None if source.offline => Err(DevServerError::Offline),
        None => install::install(source.cache, &progress).await,
    }
}

/// Checks that a configured server answers at all.
///
/// # Errors
/// When nothing answers at `url`.
pub async fn check(url: &ServerUrl) -> Result<(), DevServerError> {
    process::probe(url.as_str())
        .await
        .map_err(|detail| DevServerError::Unreachable {
            url: url.clone(),
            detail,
        })
}
