//! Why a command did not do its work, and the exit code that says so.

use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

use crate::config::Faults;

/// Exit code of a command that failed.
const FAILED: u8 = 1;
/// Exit code of a command that was called wrongly; clap's own is the same.
const USAGE: u8 = 2;
/// Exit code of a configuration that can't be used.
const CONFIGURATION: u8 = 64;

/// A command's failure: what to print and how to exit.
#[derive(Debug)]
pub struct Failure {
    code: u8,
    lines: Vec<String>,
}

impl Failure {
    /// It was tried and did not work (exit 1).
    pub fn failed(reason: impl Display) -> Self {
        Self {
            code: FAILED,
            lines: vec![reason.to_string()],
        }
    }

    /// The arguments make no sense together (exit 2).
    pub fn usage(reason: impl Display) -> Self {
        Self {
            code: USAGE,
            lines: vec![reason.to_string()],
        }
    }

    /// The configuration can't be used (exit 64); every fault is a line.
    pub fn configuration(faults: Faults) -> Self {
        Self {
            code: CONFIGURATION,
            lines: faults.iter().map(ToString::to_string).collect(),
        }
    }

    /// Prints the reasons to stderr and answers the exit code.
    pub fn report(&self) -> ExitCode {
        let mut stderr = std::io::stderr().lock();
        for line in &self.lines {
            // Nobody is left to tell when stderr is gone.
            let _ = writeln!(stderr, "troupe: {line}");
        }
        ExitCode::from(self.code)
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.lines.join("; "))
    }
}

impl std::error::Error for Failure {}
