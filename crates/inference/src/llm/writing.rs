//! An answer that is written step by step, so that several can take turns.

use std::time::{Duration, Instant};

use candle_core::Tensor;

use super::options::{Finish, Options, Stats};
use super::sampler::{Sampler, Sampling};
use super::slots::Choice;
use super::text_stream::TextStream;

/// An answer under way, from [`super::Llm::begin`].
pub struct Writing {
    pub(super) prompt: Vec<u32>,
    pub(super) choice: Choice,
    /// Tokens of the prompt and the answer that were run.
    pub(super) position: usize,
    pub(super) answer_max: usize,
    pub(super) sampler: Sampler,
    pub(super) text: TextStream,
    /// What scores the next token.
    pub(super) last: Option<Tensor>,
    /// Drawn and not yet run.
    pub(super) drawn: Option<u32>,
    pub(super) stats: Stats,
}

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A part of the prompt was read.
    Read,
    /// One more token was written: whole characters, none if its last one is still incomplete.
    Text(String),
    /// There is nothing more to do.
    Over(Finish),
}

impl Writing {
    pub(super) fn new(
        prompt: Vec<u32>,
        choice: Choice,
        answer_max: usize,
        options: &Options,
        unlike: Vec<Vec<u32>>,
    ) -> Self {
        let sampling = Sampling {
            temperature: options.temperature,
            top_p: options.top_p,
            repeat_penalty: options.repeat_penalty,
        };
        let stats = Stats {
            prompt_tokens: prompt.len(),
            cached_tokens: choice.kept,
            answer_tokens: 0,
            prefill: Duration::ZERO,
            decode: Duration::ZERO,
            finish: Finish::Cancelled,
        };
        Self {
            position: choice.kept,
            prompt,
            choice,
            answer_max,
            sampler: Sampler::new(sampling, options.seed).unlike(unlike),
            text: TextStream::default(),
            last: None,
            drawn: None,
            stats,
        }
    }

    /// A prompt that is to be read, and is all there: nothing is left to do, and no slot is taken.
    pub(super) fn known(prompt: Vec<u32>, options: &Options) -> Self {
        let choice = Choice {
            kept: prompt.len(),
            ..Choice::default()
        };
        Self::new(prompt, choice, 0, options, Vec::new())
    }

    /// What it took so far; its times are those of the steps alone. Until it is over it counts as cancelled.
    #[must_use]
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// Whether the prompt is read.
    pub(super) fn is_read(&self) -> bool {
        self.position >= self.prompt.len()
    }

    /// Counts the time of a step.
    pub(super) fn took(&mut self, was_read: bool, since: Instant) {
        let time = if was_read {
            &mut self.stats.decode
        } else {
            &mut self.stats.prefill
        };
        *time += since.elapsed();
    }
}
