//! What a model is asked.

use std::sync::Arc;

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

/// Asks for what the character says next.
#[derive(Clone)]
pub struct Question {
    /// Who the character is and how it behaves.
    pub instructions: String,
    /// All that was said, oldest first. The next question is answered soonest if it goes on where this one ended.
    pub lines: Vec<Line>,
}
