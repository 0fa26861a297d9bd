//! What a character was asked to do, and how the time of its room stands.

use minijinja::context;

use super::history::{one_line, plain_name};
use super::prompt::{PromptError, Prompter, quoted};
use crate::protocol::{Assignment, Task};
use crate::providers::Capacity;

/// Longest scenario, goals or guide that a small model is told, characters.
const TASK_MAX_SMALL: usize = 600;

/// How far the time of a room is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Moment {
    /// There is time.
    #[default]
    Running,
    /// About a minute is left: the character brings it to an end.
    Ending,
    /// The character says goodbye.
    Closing,
}

impl Moment {
    /// The kind of note about the time, for `prompts/cue.md`.
    pub(super) fn cue(self, capacity: Capacity) -> Option<&'static str> {
        match (self, capacity) {
            // A small model takes a hint for an order, and would say goodbye a minute early.
            (Moment::Running, _) | (Moment::Ending, Capacity::Small) => None,
            (Moment::Ending, Capacity::Full) => Some("ending"),
            (Moment::Closing, _) => Some("closing"),
        }
    }
}

/// The kind of note that opens the talk.
pub(super) fn opening_cue(assignment: Option<&Assignment>) -> &'static str {
    match assignment.map(|assignment| &assignment.task) {
        Some(Task::Interview { .. }) => "open_interview",
        Some(Task::Roleplay { .. }) | None => "open",
    }
}

impl Prompter {
    /// The part of a system prompt that says what the character was asked to do.
    pub(super) fn brief(&self, assignment: &Assignment, capacity: Capacity) -> Result<String, PromptError> {
        let small = capacity == Capacity::Small;
        let told = |text: &str| match capacity {
            Capacity::Full => quoted(text),
            Capacity::Small => one_line(text).chars().take(TASK_MAX_SMALL).collect(),
        };
        let text = match &assignment.task {
            Task::Roleplay { scenario, person } => self.template("roleplay.md")?.render(context! {
                small,
                scenario => told(scenario),
                person => plain_name(person),
            })?,
            Task::Interview { goals, guide, topics } => self.template("interview.md")?.render(context! {
                small,
                goals => told(goals),
                guide => told(guide),
                topics => topics.as_deref().map(told).filter(|topics| !topics.is_empty()),
            })?,
        };
        Ok(text.trim().to_owned())
    }
}
