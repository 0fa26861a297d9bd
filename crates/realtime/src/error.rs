//! Why there is no answer.

use std::time::Duration;

/// Why a model did not answer. Messages hold no speech, prompt, address or secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The key was refused.
    #[error("{provider} refused the API key; check {variable}")]
    Unauthorized {
        /// Which provider.
        provider: &'static str,
        /// The environment variable to look at.
        variable: &'static str,
    },
    /// Too much was asked, or the account has no credit.
    #[error("{provider} is rate limited or its quota is used up")]
    RateLimited {
        /// Which provider.
        provider: &'static str,
    },
    /// No connection.
    #[error("{provider} can't be reached: {detail}")]
    Unreachable {
        /// Which provider.
        provider: &'static str,
        /// What went wrong.
        detail: String,
    },
    /// No answer, or no further piece of one, in time.
    #[error("{provider} gave nothing for {waited:?}")]
    Timeout {
        /// Which provider.
        provider: &'static str,
        /// How long it was given.
        waited: Duration,
    },
    /// The connection ended in the middle of an answer.
    #[error("{provider} broke off in the middle of its answer")]
    BrokenOff {
        /// Which provider.
        provider: &'static str,
    },
    /// The server says that it failed; the code is its own.
    #[error("{provider} failed: {code}")]
    Failed {
        /// Which provider.
        provider: &'static str,
        /// Its code, cut to letters, digits and `_`.
        code: String,
    },
    /// A message that can't be read.
    #[error("{provider} sent a message that can't be read")]
    Malformed {
        /// Which provider.
        provider: &'static str,
    },
    /// It failed a moment ago and is left alone.
    #[error("{provider} failed a moment ago and is left alone for now")]
    Resting {
        /// Which provider.
        provider: &'static str,
    },
    /// The session is over.
    #[error("the session is over")]
    Over,
}

impl Error {
    /// Whether the next question would most likely fail the same way.
    pub(crate) fn lasts(&self) -> bool {
        matches!(
            self,
            Self::Unauthorized { .. }
                | Self::RateLimited { .. }
                | Self::Unreachable { .. }
                | Self::Timeout { .. }
        )
    }

    /// A server's code as it may be logged.
    pub(crate) fn code(text: &str) -> String {
        let kept = text.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_');
        let code: String = kept.take(60).collect();
        if code.is_empty() {
            "unknown".to_owned()
        } else {
            code
        }
    }
}
