use std::sync::Arc;

use super::TransceiverId;
use crate::{
    audio::{EncoderSettings, LocalAudio, RemoteAudio},
    rtp::HeaderExtensions,
};

/// ICE user name fragment and password.
#[derive(Clone, PartialEq, Eq)]
pub struct IceCredentials {
    /// `a=ice-ufrag`.
    pub ufrag: String,
    /// `a=ice-pwd`.
    pub password: String,
}

impl std::fmt::Debug for IceCredentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("IceCredentials")
            .field("ufrag", &self.ufrag)
            .finish_non_exhaustive()
    }
}

/// What the owner task has to do after a description was applied.
#[derive(Debug, Default)]
pub struct Plan {
    /// Bring the transport up; once in a session.
    pub start: Option<Start>,
    /// Restart ICE with (our, their) credentials.
    pub restart: Option<(IceCredentials, IceCredentials)>,
    /// The other side's candidates, each from the word `candidate:` on.
    pub candidates: Vec<String>,
    /// Changes to what is sent and received.
    pub media: Vec<MediaChange>,
    /// Remote tracks that have come; for the application, not the task.
    pub tracks: Vec<RemoteTrackAdded>,
}

/// How to bring the transport up.
#[derive(Debug, Clone)]
pub struct Start {
    /// Our credentials.
    pub local_ice: IceCredentials,
    /// Theirs.
    pub remote_ice: IceCredentials,
    /// Their DTLS fingerprint with its hash function.
    pub fingerprint: String,
    /// Whether we nominate the candidate pair.
    pub ice_controlling: bool,
    /// Whether we start the DTLS handshake.
    pub dtls_active: bool,
    /// The name that what we send has in reports.
    pub cname: String,
}

/// A change to one section.
#[derive(Debug)]
pub enum MediaChange {
    /// Receive audio.
    Receive {
        /// The section.
        mid: String,
        /// The sources announced; others are found by the section id in their packets.
        ssrcs: Vec<u32>,
        /// The payload type of Opus.
        payload_type: u8,
        /// What packets' headers say beside.
        extensions: HeaderExtensions,
        /// Lost packets may be asked for again.
        nack: bool,
        /// Where the audio goes.
        remote: Arc<RemoteAudio>,
    },
    /// Receive no more.
    StopReceive {
        /// The section.
        mid: String,
    },
    /// Send audio.
    Send {
        /// The section.
        mid: String,
        /// Our source.
        ssrc: u32,
        /// What packets' headers say beside.
        extensions: HeaderExtensions,
        /// What is sent.
        track: LocalAudio,
        /// How it is encoded.
        settings: EncoderSettings,
    },
    /// Send no more.
    StopSend {
        /// The section.
        mid: String,
    },
}

/// A remote track came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteTrackAdded {
    /// The transceiver it came on.
    pub transceiver: TransceiverId,
}
