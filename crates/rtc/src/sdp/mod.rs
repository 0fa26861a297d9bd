//! The part of SDP (RFC 8866, RFC 8829) that a voice peer needs: reading the other side's
//! description, and writing our own.

mod parse;
mod write;

pub use parse::ParseError;
pub use write::{AudioLines, SectionLines, SessionLines, VideoLines, write_session};

/// What a media section carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MediaKind {
    /// An `m=audio` section.
    Audio,
    /// An `m=video` section.
    Video,
    /// The `m=application` section of the data channels.
    Application,
}

/// Who sends in a section, seen from the side that wrote the description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Both sides.
    SendRecv,
    /// Only the writer.
    SendOnly,
    /// Only the reader.
    RecvOnly,
    /// Nobody.
    Inactive,
}

impl Direction {
    /// The direction with these two halves.
    #[must_use]
    pub const fn new(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::SendRecv,
            (true, false) => Self::SendOnly,
            (false, true) => Self::RecvOnly,
            (false, false) => Self::Inactive,
        }
    }

    /// Whether the writer sends.
    #[must_use]
    pub const fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Whether the writer receives.
    #[must_use]
    pub const fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// The attribute's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }
}

/// One `a=rtpmap` with its `a=fmtp`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The RTP payload type.
    pub payload_type: u8,
    /// Encoding name, clock rate and channels as written, such as `opus/48000/2`.
    pub encoding: String,
    /// The format parameters as written; empty when there are none.
    pub parameters: String,
    /// Lost packets may be asked for again: `a=rtcp-fb` with `nack` (RFC 4585).
    pub nack: bool,
}

impl Payload {
    /// Whether `key=1` stands among the format parameters.
    #[must_use]
    pub fn has_flag(&self, key: &str) -> bool {
        self.parameters
            .split(';')
            .filter_map(|p| p.trim().split_once('='))
            .any(|(k, v)| k == key && v == "1")
    }
}

/// One media section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What it carries.
    pub kind: MediaKind,
    /// The port; 0 marks a rejected section.
    pub port: u16,
    /// `a=mid`.
    pub mid: String,
    /// Who sends.
    pub direction: Direction,
    /// `a=msid` as (stream, track).
    pub msid: Option<(String, String)>,
    /// The synchronisation sources announced, in order.
    pub ssrcs: Vec<u32>,
    /// `a=ice-ufrag`, from the section or the session.
    pub ice_ufrag: Option<String>,
    /// `a=ice-pwd`, from the section or the session.
    pub ice_pwd: Option<String>,
    /// `a=fingerprint`, from the section or the session.
    pub fingerprint: Option<String>,
    /// `a=setup`, from the section or the session.
    pub setup: Option<String>,
    /// The candidates, each from the word `candidate:` on.
    pub candidates: Vec<String>,
    /// The payload types, in order of preference.
    pub payloads: Vec<Payload>,
    /// The RTP header extensions as (id, URI).
    pub extensions: Vec<(u8, String)>,
    /// `a=ptime`: the packet length the writer prefers to receive, in ms.
    pub ptime_ms: Option<u32>,
    /// `a=maxptime`: the longest it takes, in ms.
    pub max_ptime_ms: Option<u32>,
}

/// A session description, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Description {
    /// Whether the writer is an ICE-lite agent.
    pub ice_lite: bool,
    /// The media sections in order.
    pub sections: Vec<Section>,
}
