//! What goes in and what comes out.

mod input;
mod output;
mod reason;

pub use input::Input;
pub use output::Output;
pub use reason::{Cue, Fate, Overlap, Trouble, Wake};

use crate::id::{CharacterId, PersonId};

/// Who said a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Speaker {
    /// A person.
    Person(PersonId),
    /// A character.
    Character(CharacterId),
}

/// Something said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// By whom.
    pub speaker: Speaker,
    /// The words.
    pub text: String,
}

/// What a listener should see of a character (`lk.agent.state`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgentState {
    /// It hears.
    Listening,
    /// It makes up an answer.
    Thinking,
    /// It is heard.
    Speaking,
}
