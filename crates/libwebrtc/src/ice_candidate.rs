//! ICE candidates on their way through the signalling.

use std::fmt::{self, Debug, Display};

use crate::session_description::SdpParseError;

/// A candidate and the section it belongs to.
#[derive(Clone, PartialEq, Eq)]
pub struct IceCandidate {
    sdp_mid: String,
    sdp_mline_index: i32,
    candidate: String,
}

impl IceCandidate {
    /// Takes a candidate as signalled; `sdp` begins with `candidate:`.
    pub fn parse(sdp_mid: &str, sdp_mline_index: i32, sdp: &str) -> Result<Self, SdpParseError> {
        let candidate = sdp.strip_prefix("a=").unwrap_or(sdp);
        // An empty one says that there are no more.
        if !candidate.is_empty() && !candidate.starts_with("candidate:") {
            let description = "a candidate starts with candidate:".to_owned();
            return Err(SdpParseError {
                line: sdp.to_owned(),
                description,
            });
        }
        Ok(Self {
            sdp_mid: sdp_mid.to_owned(),
            sdp_mline_index,
            candidate: candidate.to_owned(),
        })
    }

    /// The section's id.
    #[must_use]
    pub fn sdp_mid(&self) -> String {
        self.sdp_mid.clone()
    }

    /// The section's place.
    #[must_use]
    pub fn sdp_mline_index(&self) -> i32 {
        self.sdp_mline_index
    }

    /// The candidate, from the word `candidate:` on.
    #[must_use]
    pub fn candidate(&self) -> String {
        self.candidate.clone()
    }
}

impl Display for IceCandidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.candidate)
    }
}

impl Debug for IceCandidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IceCandidate")
            .field("candidate", &self.candidate)
            .finish()
    }
}
