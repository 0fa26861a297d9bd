//! What an answer is asked for with, and what it took.

use std::ops::ControlFlow;
use std::time::Duration;

/// Takes the pieces of an answer and may end it.
pub type OnText<'a> = &'a mut (dyn FnMut(&str) -> ControlFlow<()> + Send);

/// How to answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Longest answer, tokens. With 0 the prompt is only run into the cache, ahead of the question.
    pub tokens_max: usize,
    /// Sampling temperature; 0.0 always takes the likeliest token.
    pub temperature: f32,
    /// Share of probability that is drawn from, 0.0–1.0.
    pub top_p: f32,
    /// Makes tokens that the answer already holds less likely; 1.0 does nothing.
    pub repeat_penalty: f32,
    /// Fixes the draws.
    pub seed: u64,
    /// Of the last answers in the prompt, how many this one must not begin like: a small model that has said something
    /// says it again, and again.
    pub unlike_last: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tokens_max: 96,
            temperature: 0.7,
            top_p: 0.9,
            repeat_penalty: 1.1,
            seed: 0,
            unlike_last: 0,
        }
    }
}

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    /// The model was done.
    Stop,
    /// `tokens_max` or the context was reached.
    Length,
    /// The caller ended it.
    Cancelled,
}

/// What an answer took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
    /// Of these, how many were cached.
    pub cached_tokens: usize,
    /// Tokens of the answer.
    pub answer_tokens: usize,
    /// Time until the prompt was run.
    pub prefill: Duration,
    /// Time for the answer after that.
    pub decode: Duration,
    /// Why it ended.
    pub finish: Finish,
}
