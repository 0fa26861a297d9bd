//! A loaded model on its own threads.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use super::chat::Role;
use super::error::LlmError;
use super::generate::Model;
use super::options::{OnText, Options, Stats};
use super::threads;

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
    /// The arithmetic failed. The next call starts from what was run without error.
    pub fn generate(
        &mut self,
        messages: &[(Role, &str)],
        options: &Options,
        cancelled: &AtomicBool,
        on_text: OnText<'_>,
    ) -> Result<Stats, LlmError> {
        self.threads
            .install(|| self.model.generate(messages, options, cancelled, on_text))
    }

    #[cfg(test)]
    pub(super) fn network(&self) -> &super::network::Network {
        self.model.network()
    }
}
