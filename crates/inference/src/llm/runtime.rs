//! A loaded model on its own threads.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::chat::Role;
use super::error::LlmError;
use super::generate::Model;
use super::options::{OnText, Options, Stats};
use super::slots::SLOTS_MAX;
use super::threads;
use super::writing::{Step, Writing};

/// Answers that may be under way at once: each has its own sequence.
pub const WRITINGS_MAX: usize = SLOTS_MAX;

/// A loaded model with its cached sequences.
pub struct Llm {
    threads: rayon::ThreadPool,
    model: Model,
}

impl Llm {
    /// Loads a GGUF file. One that [`super::requantise`] wrote loads in a fraction of the time.
    /// See [`super::ensure_threads`] for the number of threads.
    ///
    /// # Errors
    /// The file can't be read or is no Qwen2 GGUF.
    pub fn load(path: &Path) -> Result<Self, LlmError> {
        let file = File::open(path).map_err(|source| LlmError::File {
            path: path.to_path_buf(),
            source,
        })?;
        let threads = threads::pool()?;
        let model = threads.install(|| Model::load(&mut BufReader::new(file)))?;
        Ok(Self { threads, model })
    }

    /// Answers `messages`, oldest first; every piece of text goes to `on_text` as it forms and holds
    /// whole characters. `Break` from `on_text`, or setting `cancelled` from anywhere, ends the
    /// answer within one layer's work; what was run stays cached. A prompt that is too long loses
    /// its oldest messages.
    ///
    /// # Errors
    /// The arithmetic failed, or as many answers as there may be are under way. The next call starts from what was
    /// run without error.
    pub fn generate(
        &mut self,
        messages: &[(Role, &str)],
        options: &Options,
        cancelled: &AtomicBool,
        on_text: OnText<'_>,
    ) -> Result<Stats, LlmError> {
        let mut writing = self.begin(messages, options)?.ok_or(LlmError::Busy)?;
        loop {
            match self.step(&mut writing, cancelled)? {
                Step::Text(piece) if !piece.is_empty() && on_text(&piece).is_break() => break,
                Step::Read | Step::Text(_) => {}
                Step::Over(_) => break,
            }
        }
        Ok(writing.stats().clone())
    }

    /// Begins an answer that is written by [`Llm::step`]; dropping it ends it, and what was run stays cached. `None`
    /// while [`WRITINGS_MAX`] are under way.
    ///
    /// # Errors
    /// The prompt can't be put into tokens, or the arithmetic failed.
    pub fn begin(
        &mut self,
        messages: &[(Role, &str)],
        options: &Options,
    ) -> Result<Option<Writing>, LlmError> {
        self.threads.install(|| self.model.begin(messages, options))
    }

    /// Reads a part of the prompt, or writes one token; other answers may be written to in between. Setting `cancelled`
    /// from anywhere ends it within one layer's work.
    ///
    /// # Errors
    /// The arithmetic failed.
    pub fn step(&mut self, writing: &mut Writing, cancelled: &AtomicBool) -> Result<Step, LlmError> {
        self.threads.install(|| self.model.step(writing, cancelled))
    }

    #[cfg(test)]
    pub(super) fn network(&self) -> &super::network::Network {
        self.model.network()
    }
}
