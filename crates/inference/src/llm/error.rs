//! What can go wrong with a local model.

use std::path::PathBuf;

/// Why a model could not be loaded, rewritten or run. Holds no prompt and no answer.
#[derive(Debug, thiserror::Error)]
pub enum LlmError {
    /// A file can't be opened, read or written.
    #[error("can't use {}: {source}; check that the file is complete and readable", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not a GGUF that this runtime understands.
    #[error("{field} of the GGUF is unusable: {detail}; pull the model again or choose a Qwen2 GGUF")]
    Format {
        /// The metadata key or tensor at fault.
        field: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The tokenizer could not encode.
    #[error("the model's tokenizer failed: {0}")]
    Tokenizer(String),
    /// The system gave no threads.
    #[error("can't start the model's threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// Every sequence is being written to.
    #[error("as many answers as the model can keep are under way")]
    Busy,
    /// The arithmetic failed, which means the file contradicts itself.
    #[error("the model's arithmetic failed: {0}; pull the model again")]
    Compute(#[from] candle_core::Error),
}

impl LlmError {
    pub(super) fn format(field: impl Into<String>, detail: impl std::fmt::Display) -> Self {
        Self::Format {
            field: field.into(),
            detail: detail.to_string(),
        }
    }
}
