//! Every step of a run, for whoever has to understand one.

use std::fmt::{self, Debug};

/// Steps that are kept: the latest.
const STEPS_MAX: usize = 2000;

/// The latest steps of a run.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    is_on: bool,
    steps: Vec<String>,
}

impl Trace {
    /// Keeps nothing.
    pub fn off() -> Self {
        Self::default()
    }

    /// Keeps the latest steps.
    pub fn on() -> Self {
        Self {
            is_on: true,
            steps: Vec::new(),
        }
    }

    pub(crate) fn step(&mut self, now_ms: u64, mark: char, what: &impl Debug) {
        if self.is_on {
            if self.steps.len() >= STEPS_MAX {
                self.steps.drain(..STEPS_MAX / 2);
            }
            let (s, ms) = (now_ms / 1000, now_ms % 1000);
            self.steps.push(format!("{s:>4}.{ms:03} {mark} {what:?}"));
        }
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.steps.iter().try_for_each(|step| writeln!(f, "{step}"))
    }
}
