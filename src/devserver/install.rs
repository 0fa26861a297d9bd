//! Building the server with Go, whose module proxy is where it can be had on any machine.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::process::Command;
use tokio::sync::Mutex;

use super::error::DevServerError;
use super::locate::{self, VERSION};
use super::log::LogTail;

/// The server's package.
const PACKAGE: &str = "github.com/livekit/livekit-server/cmd/server";

/// Held while this process builds: whoever comes second finds what the first one built.
static BUILDING: Mutex<()> = Mutex::const_new(());

/// Builds the server into the cache and answers its executable.
pub(super) async fn install(cache: &Path, progress: &impl Fn(String)) -> Result<PathBuf, DevServerError> {
    let go = locate::on_path("go").ok_or(DevServerError::NoGo)?;
    install_with(&go, cache, progress).await
}

async fn install_with(
    go: &Path,
    cache: &Path,
    progress: &impl Fn(String),
) -> Result<PathBuf, DevServerError> {
    let target = locate::cached(cache);
    let _building = BUILDING.lock().await;
    if target.exists() {
        return Ok(target);
    }
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
    let built = build_into(go, &build, progress).await;
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

#[cfg(all(test, unix))]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn whoever_comes_second_finds_what_the_first_one_built() {
        let folder = tempfile::tempdir().unwrap();
        let go = folder.path().join("go");
        std::fs::write(&go, "#!/bin/sh\necho built >\"$GOBIN/server\"\n").unwrap();
        std::fs::set_permissions(&go, std::fs::Permissions::from_mode(0o755)).unwrap();
        let begun = AtomicUsize::new(0);
        let progress = |_| {
            begun.fetch_add(1, Ordering::Relaxed);
        };
        let install = || install_with(&go, folder.path(), &progress);
        let (first, second, third) = tokio::join!(install(), install(), install());
        let built = first.unwrap();
        assert_eq!(std::fs::read_to_string(&built).unwrap(), "built\n");
        assert_eq!((second.unwrap(), third.unwrap()), (built.clone(), built));
        assert_eq!(begun.load(Ordering::Relaxed), 1);
    }
}
