//! Building the server with Go, whose module proxy is where it can be had on any machine.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;

use super::error::DevServerError;
use super::locate::{self, VERSION};
use super::log::LogTail;

/// The server's package.
const PACKAGE: &str = "github.com/livekit/livekit-server/cmd/server";

/// Builds the server into the cache and answers its executable.
pub(super) async fn install(cache: &Path, progress: &impl Fn(String)) -> Result<PathBuf, DevServerError> {
    let go = locate::on_path("go").ok_or(DevServerError::NoGo)?;
    let target = locate::cached(cache);
    // Two processes may install at once: each builds in a folder of its own and moves the result into place.
    let build = cache.join(format!("build-livekit-{}", std::process::id()));
    let cache_error = |path: &Path| {
        let path = path.to_owned();
        move |error| DevServerError::Cache { path, error }
    };
    for folder in [&build, &cache.join("bin")] {
        std::fs::create_dir_all(folder).map_err(cache_error(folder))?;
    }
    progress(format!(
        "building livekit-server {VERSION} with Go: about two minutes, once"
    ));
    let built = build_into(&go, &build, progress).await;
    let moved =
        built.and_then(|()| std::fs::rename(build.join("server"), &target).map_err(cache_error(&target)));
    // What is left of a failed build is of no use; failing to remove it neither.
    let _ = std::fs::remove_dir_all(&build);
    moved.map(|()| target)
}

async fn build_into(go: &Path, folder: &Path, progress: &impl Fn(String)) -> Result<(), DevServerError> {
    let package = format!("{PACKAGE}@{VERSION}");
    let command = format!("go install {package}");
    let failed = |log: String| DevServerError::Install {
        command: command.clone(),
        log,
    };
    let mut child = Command::new(go)
        .args(["install", &package])
        .env("GOBIN", folder)
        .env_remove("GOOS")
        .env_remove("GOARCH")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| failed(error.to_string()))?;
    let log = LogTail::default();
    log.clone()
        .follow(child.stderr.take(), |line| progress(format!("  {line}")))
        .await;
    let status = child.wait().await.map_err(|error| failed(error.to_string()))?;
    if status.success() {
        Ok(())
    } else {
        Err(failed(log.text()))
    }
}
