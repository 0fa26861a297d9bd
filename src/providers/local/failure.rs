//! What local models can't do, in the words of all providers.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::TrySendError;

use super::busy::{Busy, Need};
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

/// A job that a model's thread does not take.
pub(super) fn refused<T>(model: &str, error: &TrySendError<T>) -> ProviderError {
    match error {
        TrySendError::Full(_) => local(model, "it is busy"),
        TrySendError::Disconnected(_) => local(model, "its thread has ended"),
    }
}

/// Does a part of a model's work; `None` if it panicked. That costs whoever asked for it the answer, and no other: a
/// model keeps nothing from one part to the next that one could leave half done.
pub(super) fn guarded<T>(model: &str, busy: &Busy, need: Need, work: impl FnOnce() -> T) -> Option<T> {
    let _work = busy.work(need);
    let done = catch_unwind(AssertUnwindSafe(work));
    if done.is_err() {
        tracing::error!(model, "work with a local model: it panicked");
    }
    done.ok()
}
