//! Why a service did not deliver.

use std::time::Duration;

/// Why a service did not deliver. Messages hold no speech, no text and no secret: what a service wrote stays out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It does not take the key.
    #[error("the key was refused ({status})")]
    KeyRefused {
        /// HTTP status, or the code that the connection was closed with.
        status: u16,
    },
    /// Too much at once.
    #[error("too many requests at once")]
    RateLimited {
        /// When to try again, if it said.
        retry_after: Option<Duration>,
    },
    /// Any other failure with a number.
    #[error("the service answered {status}")]
    Status {
        /// HTTP status.
        status: u16,
    },
    /// It will never do what was asked, however often it is asked.
    #[error("the service does not do that: {detail}")]
    Refused {
        /// What it does not do, in words of ours.
        detail: &'static str,
    },
    /// No connection.
    #[error("no connection: {detail}")]
    Unreachable {
        /// What the connection said.
        detail: String,
    },
    /// Nothing came in time.
    #[error("nothing came for {waited:?}")]
    Late {
        /// How long it was given.
        waited: Duration,
    },
    /// The connection ended in the middle of an answer.
    #[error("the connection ended in the middle of an answer")]
    BrokenOff,
    /// What came can't be read.
    #[error("an answer can't be read: {detail}")]
    Unreadable {
        /// What is wrong with it, in words of ours.
        detail: &'static str,
    },
}

impl Fault {
    /// Whether the same may succeed when asked again at once.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::BrokenOff | Self::Late { .. } => true,
            // A pause that it asks for is longer than anybody waits for a word.
            Self::RateLimited { retry_after } => retry_after.is_none(),
            Self::Status { status } => *status >= 500,
            Self::KeyRefused { .. } | Self::Refused { .. } | Self::Unreadable { .. } => false,
        }
    }

    /// A failure that has a number as HTTP gives it.
    pub(crate) fn of_status(status: u16, retry_after: Option<Duration>) -> Self {
        match status {
            401 | 403 => Self::KeyRefused { status },
            429 => Self::RateLimited { retry_after },
            400 | 404 | 413 | 422 => Self::Refused {
                detail: "the request, its model, voice or language",
            },
            _ => Self::Status { status },
        }
    }
}
