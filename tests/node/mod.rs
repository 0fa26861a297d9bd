//! Packages of npm and where they are kept; LiveKit's SDKs for Node.

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
        let packages = packages_of(&PACKAGES).await;
        let program = tokio::task::spawn_blocking(|| need("nodejs", || on_path("node")));
        Self {
            program: program.await.unwrap(),
            packages,
        }
    }

    /// A command that runs `script`, which finds the SDKs by the variable `PACKAGES`.
    pub(crate) fn command(&self, script: &Path) -> tokio::process::Command {
        let mut command = tokio::process::Command::new(&self.program);
        command.arg(script).env("PACKAGES", &self.packages);
        command
    }
}

/// A folder with these packages in `node_modules`, made once and kept in the cache.
pub(crate) async fn packages_of(packages: &'static [&'static str]) -> PathBuf {
    let made = tokio::task::spawn_blocking(move || {
        let npm = need("npm", || on_path("npm"));
        once(&format!("node-{}", plain(&packages.join("-"))), |folder| {
            std::fs::create_dir_all(folder).unwrap();
            let status = Command::new(&npm)
                .args(["install", "--silent", "--no-fund", "--no-audit", "--prefix"])
                .arg(folder)
                .args(packages)
                .status();
            assert!(
                status.is_ok_and(|status| status.success()),
                "npm install {packages:?}"
            );
        })
    });
    made.await.unwrap()
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
