//! What can go wrong with a model in the process.

/// Why a model did not load or run. Messages hold no speech and no text of the conversation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InferenceError {
    /// The model's files are missing, broken, or of another kind.
    #[error("model {model} can't be loaded: {detail}")]
    Load {
        /// Which model.
        model: &'static str,
        /// What the runtime or the file system said.
        detail: String,
    },
    /// The model loaded but a run of it failed.
    #[error("model {model} failed: {detail}")]
    Run {
        /// Which model.
        model: &'static str,
        /// What the runtime said.
        detail: String,
    },
    /// The model was asked for something that it can't do.
    #[error("model {model} can't do that: {detail}")]
    Input {
        /// Which model.
        model: &'static str,
        /// What is wrong with the request.
        detail: String,
    },
}

impl InferenceError {
    pub(crate) fn load(model: &'static str, detail: impl ToString) -> Self {
        Self::Load {
            model,
            detail: detail.to_string(),
        }
    }

    pub(crate) fn run(model: &'static str, detail: impl ToString) -> Self {
        Self::Run {
            model,
            detail: detail.to_string(),
        }
    }
}
