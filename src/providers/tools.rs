//! What a language model may have done, and what came of it.

use serde_json::{Map, Value};

/// A tool as a model is told of it.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolSpec {
    /// What the model calls it.
    pub name: String,
    /// What it does and when to use it.
    pub description: String,
    /// JSON Schema of its arguments.
    pub parameters: Map<String, Value>,
}

/// A model wants something done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall {
    /// The model's name for this call.
    pub id: String,
    /// Which tool.
    pub name: String,
    /// JSON, as the model wrote it.
    pub arguments: String,
}

/// What a model had done at one point of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolRound {
    /// What was said up to this point since the round before.
    pub said: String,
    /// The calls, each with what came of it.
    pub calls: Vec<(ToolCall, String)>,
}
