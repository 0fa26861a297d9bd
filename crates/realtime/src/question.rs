//! What a model is asked.

use std::sync::Arc;

use serde_json::{Map, Value};

/// Who said a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// The character that the session speaks for.
    Own,
    /// Anybody else; the text says who.
    Others,
}

/// One line of the talk.
#[derive(Clone)]
pub struct Line {
    /// Who said it.
    pub speaker: Speaker,
    /// What was said.
    pub text: String,
    /// How it sounded: mono PCM at [`crate::Provider::heard_rate_hz`]. Only the last line's is sent.
    pub sound: Option<Arc<[i16]>>,
}

/// Something that the model may have done.
#[derive(Debug, Clone, PartialEq)]
pub struct Tool {
    /// What the model calls it.
    pub name: String,
    /// What it does and when to use it.
    pub description: String,
    /// JSON Schema of its arguments.
    pub parameters: Map<String, Value>,
}

/// The model wants a tool used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The model's name for this call.
    pub id: String,
    /// Which tool.
    pub name: String,
    /// JSON, as the model wrote it.
    pub arguments: String,
}

/// What a session stands on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Brief {
    /// Who the character is and how it behaves.
    pub instructions: String,
    /// What it may have done while it answers.
    pub tools: Vec<Tool>,
}

/// Asks for what the character says next.
#[derive(Clone)]
pub struct Question {
    /// Soonest answered if it is the one before.
    pub brief: Brief,
    /// All that was said, oldest first. The next question is answered soonest if it goes on where this one ended.
    pub lines: Vec<Line>,
}
