use thiserror::Error;
use troupe_rtc::{jsep::JsepError, peer::PeerError};

/// What a transceiver carries.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum MediaType {
    /// Audio.
    Audio,
    /// Video.
    Video,
    /// Data channels.
    Data,
    /// Anything else.
    Unsupported,
}

/// The class of an [`RtcError`].
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum RtcErrorType {
    /// Something failed inside, or is not supported.
    Internal,
    /// A session description cannot be used.
    InvalidSdp,
    /// The call does not fit the state.
    InvalidState,
}

/// Why a call failed.
#[derive(Error, Debug)]
#[error("{message} ({error_type:?})")]
pub struct RtcError {
    /// Its class.
    pub error_type: RtcErrorType,
    /// What happened.
    pub message: String,
}

impl RtcError {
    pub(crate) fn unsupported(what: &str) -> Self {
        Self {
            error_type: RtcErrorType::Internal,
            message: format!("{what} is not supported by this WebRTC stack"),
        }
    }

    pub(crate) fn state(message: impl Into<String>) -> Self {
        Self {
            error_type: RtcErrorType::InvalidState,
            message: message.into(),
        }
    }
}

impl From<JsepError> for RtcError {
    fn from(error: JsepError) -> Self {
        let error_type = match error {
            JsepError::Parse(_) | JsepError::Missing(_) => RtcErrorType::InvalidSdp,
            JsepError::State { .. } => RtcErrorType::InvalidState,
        };
        Self {
            error_type,
            message: error.to_string(),
        }
    }
}

impl From<PeerError> for RtcError {
    fn from(error: PeerError) -> Self {
        Self {
            error_type: RtcErrorType::Internal,
            message: error.to_string(),
        }
    }
}
