//! LiveKit's SDKs for Node, and where they are kept.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::client::once;
use crate::packages::need;

/// What the clients need, pinned.
const PACKAGES: [&str; 2] = ["@livekit/rtc-node@1.1.0", "livekit-server-sdk@2.19.2"];

/// A Node with the SDKs.
pub(crate) struct Node {
    program: PathBuf,
    packages: PathBuf,
}

impl Node {
    /// Made once and kept in the cache.
    pub(crate) async fn with_sdks() -> Self {
        let made = tokio::task::spawn_blocking(|| {
            let program = need("nodejs", || on_path("node"));
            let npm = need("npm", || on_path("npm"));
            let packages = once(&format!("node-{}", plain(&PACKAGES.join("-"))), |folder| {
                std::fs::create_dir_all(folder).unwrap();
                let status = Command::new(&npm)
                    .args(["install", "--silent", "--no-fund", "--no-audit", "--prefix"])
                    .arg(folder)
                    .args(PACKAGES)
                    .status();
                assert!(
                    status.is_ok_and(|status| status.success()),
                    "npm install {PACKAGES:?}"
                );
            });
            Self { program, packages }
        });
        made.await.unwrap()
    }

    /// A command that runs `script`, which finds the SDKs by the variable `PACKAGES`.
    pub(crate) fn command(&self, script: &Path) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(&self.program);
        command.arg(script).env("PACKAGES", &self.packages);
        command
    }
}

fn on_path(program: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders)
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
}

/// A name that may be a folder's.
fn plain(name: &str) -> String {
    name.replace(['@', '/'], "-")
}
