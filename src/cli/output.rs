//! What a command says: data to stdout, progress to stderr.

use std::fmt::Display;
use std::io::{IsTerminal, Write};

use serde::Serialize;

/// Where a command's data and progress go.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    json: bool,
}

impl Output {
    /// With `json` each piece of data is one JSON object on a line of its own, without it what people read.
    pub fn new(json: bool) -> Self {
        Self { json }
    }

    /// Whether data is printed as JSON.
    pub fn is_json(self) -> bool {
        self.json
    }

    /// Prints one piece of data to stdout at once: its `Serialize` form with `--json`, else its `Display`.
    pub fn data(self, data: &(impl Serialize + Display)) {
        let line = if self.json {
            serde_json::to_string(data)
                .unwrap_or_else(|error| format!("{{\"error\":{:?}}}", error.to_string()))
        } else {
            data.to_string()
        };
        let mut stdout = std::io::stdout().lock();
        // A reader that went away (`| head`) is no failure of the command.
        let _ = writeln!(stdout, "{line}");
        let _ = stdout.flush();
    }

    /// Prints a step of the work to stderr.
    pub fn progress(self, step: impl Display) {
        let _ = writeln!(std::io::stderr().lock(), "{step}");
    }

    /// Rewrites the current line of a terminal, for counters; elsewhere nothing is printed.
    pub fn ticker(self, state: impl Display) {
        let mut stderr = std::io::stderr().lock();
        if stderr.is_terminal() {
            let _ = write!(stderr, "\r\x1b[2K{state}");
            let _ = stderr.flush();
        }
    }
}
