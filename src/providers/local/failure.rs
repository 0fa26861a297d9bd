//! What local models can't do, in the words of all providers.

use crate::providers::ProviderError;

/// A failure of a local model.
pub(super) fn local(model: &str, detail: impl ToString) -> ProviderError {
    ProviderError::Local {
        model: model.to_owned(),
        detail: detail.to_string(),
    }
}

/// Something that a local model is not made for.
pub(super) fn unfit(model: &str, detail: impl ToString) -> ProviderError {
    ProviderError::Unfit {
        model: model.to_owned(),
        detail: detail.to_string(),
    }
}
