//! Why there is no LiveKit server.

use std::path::PathBuf;

use crate::config::ServerUrl;

/// Why no LiveKit server is there, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum DevServerError {
    /// The configured one is silent.
    #[error(
        "no LiveKit server answers at {url} ({detail}); start one there, or unset LIVEKIT_URL to use a dev server"
    )]
    Unreachable {
        /// The configured address.
        url: ServerUrl,
        /// What the connection said.
        detail: String,
    },
    /// None is installed and none may be.
    #[error("no livekit-server on PATH or in the cache, and --offline forbids installing one")]
    Offline,
    /// None is installed and there is no Go to build one.
    #[error(
        "no livekit-server on PATH or in the cache, and no `go` to build one; \
         install Go (https://go.dev/dl) or LiveKit (https://docs.livekit.io), or set LIVEKIT_URL"
    )]
    NoGo,
    /// The build failed.
    #[error("`{command}` failed:\n{log}")]
    Install {
        /// What was run.
        command: String,
        /// The end of what it printed.
        log: String,
    },
    /// A folder or file of the cache can't be made.
    #[error("{path}: {error}", path = path.display())]
    Cache {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// It did not start, or ended before it was ready.
    #[error("{executable} {reason}; the end of its log:\n{log}", executable = executable.display())]
    NotReady {
        /// The server.
        executable: PathBuf,
        /// What happened.
        reason: String,
        /// The end of its log.
        log: String,
    },
}
