//! Remembers that a file was found right, so that it is hashed once and not at every start.
//!
//! Beside `model.onnx` lies `model.onnx.verified` with the hash it had, its size and its modification time.
//! A file that differs from its stamp in size or time is hashed again.

use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use sha2::{Digest, Sha256};

/// Whether `path` is whole: `expected` is its SHA-256, or what stands for it if it was made here.
pub(super) fn holds(path: &Path, expected: &str) -> bool {
    let Ok(metadata) = path.metadata() else {
        return false;
    };
    std::fs::read_to_string(beside(path)).is_ok_and(|stamp| stamp == text(expected, &metadata))
}

/// Notes that `path` is whole.
pub(super) fn set(path: &Path, expected: &str) -> std::io::Result<()> {
    std::fs::write(beside(path), text(expected, &path.metadata()?))
}

/// SHA-256 of a file, lower-case hex.
pub(super) fn sha256(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let len = file.read(&mut buffer)?;
        if len == 0 {
            break;
        }
        hasher.update(buffer.get(..len).unwrap_or_default());
    }
    Ok(hasher
        .finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

fn beside(path: &Path) -> PathBuf {
    path.with_added_extension("verified")
}

fn text(expected: &str, metadata: &Metadata) -> String {
    let modified = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!(
        "{expected} {} {}\n",
        metadata.len(),
        modified.unwrap_or_default().as_nanos()
    )
}
