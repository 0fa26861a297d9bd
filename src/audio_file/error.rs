//! What is wrong with a recording.

use std::fmt::Display;
use std::path::{Path, PathBuf};

/// A recording that can't be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {reason}", path = path.display())]
pub struct AudioFileError {
    path: PathBuf,
    reason: String,
}

impl AudioFileError {
    pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Self::unusable(path, format!("can't be read: {error}"))
    }

    pub(super) fn unusable(path: &Path, reason: impl Display) -> Self {
        Self {
            path: path.to_owned(),
            reason: reason.to_string(),
        }
    }
}
