//! What a check found.

use std::fmt;

use serde::Serialize;

/// How something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum State {
    /// As it should be.
    Ok,
    /// It works, and something is worth knowing.
    Warning,
    /// It does not work.
    Broken,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Broken => "BROKEN",
        })
    }
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    event: &'static str,
    /// What was looked at.
    check: &'static str,
    /// How it stands.
    pub(super) state: State,
    /// What was found, without secrets.
    found: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    advice: Option<String>,
}

impl Finding {
    pub(super) fn ok(check: &'static str, found: impl Into<String>) -> Self {
        Self::new(check, State::Ok, found, None)
    }

    pub(super) fn warning(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(check, State::Warning, found, Some(advice.into()))
    }

    pub(super) fn broken(check: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::new(check, State::Broken, found, Some(advice.into()))
    }

    fn new(check: &'static str, state: State, found: impl Into<String>, advice: Option<String>) -> Self {
        Self {
            event: "check",
            check,
            state,
            found: found.into(),
            advice,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<8} {:<10} {}", self.state, self.check, self.found)?;
        match &self.advice {
            Some(advice) => write!(f, "\n{:20}{advice}", ""),
            None => Ok(()),
        }
    }
}

/// The last line.
#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Summary {
    event: &'static str,
    checks: usize,
    warnings: usize,
    /// Checks that failed.
    pub(super) broken: usize,
}

impl Summary {
    pub(super) fn new(checks: usize, warnings: usize, broken: usize) -> Self {
        Self {
            event: "examined",
            checks,
            warnings,
            broken,
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fine = self.checks - self.warnings - self.broken;
        write!(
            f,
            "{fine} in order, {} warnings, {} broken",
            self.warnings, self.broken
        )
    }
}
