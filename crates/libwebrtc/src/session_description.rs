//! Session descriptions on their way through the signalling.

use std::{
    fmt::{self, Debug, Display},
    str::FromStr,
};

use thiserror::Error;
use troupe_rtc::sdp;

/// The type of a description.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum SdpType {
    /// An offer.
    Offer,
    /// A provisional answer; not supported.
    PrAnswer,
    /// An answer.
    Answer,
    /// Takes an offer back; not supported.
    Rollback,
}

impl FromStr for SdpType {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "offer" => Ok(Self::Offer),
            "pranswer" => Ok(Self::PrAnswer),
            "answer" => Ok(Self::Answer),
            "rollback" => Ok(Self::Rollback),
            _ => Err("unknown type of session description"),
        }
    }
}

impl Display for SdpType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Offer => "offer",
            Self::PrAnswer => "pranswer",
            Self::Answer => "answer",
            Self::Rollback => "rollback",
        })
    }
}

/// A description and its type.
#[derive(Clone)]
pub struct SessionDescription {
    pub(crate) sdp_type: SdpType,
    pub(crate) sdp: String,
}

/// Why a text is no description.
#[derive(Clone, Error, Debug)]
#[error("{description} (line {line:?})")]
pub struct SdpParseError {
    /// The line at fault.
    pub line: String,
    /// What is wrong with it.
    pub description: String,
}

impl SessionDescription {
    /// Checks that `sdp` can be read, and keeps it as it is.
    pub fn parse(sdp: &str, sdp_type: SdpType) -> Result<Self, SdpParseError> {
        let read = sdp.parse::<sdp::Description>();
        read.map_err(|error| SdpParseError {
            line: error.line,
            description: error.problem.to_owned(),
        })?;
        Ok(Self {
            sdp_type,
            sdp: sdp.to_owned(),
        })
    }

    /// Its type.
    #[must_use]
    pub fn sdp_type(&self) -> SdpType {
        self.sdp_type
    }
}

impl Display for SessionDescription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sdp)
    }
}

impl Debug for SessionDescription {
    // Without the text: it holds the ICE password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionDescription")
            .field("sdp_type", &self.sdp_type)
            .finish_non_exhaustive()
    }
}
