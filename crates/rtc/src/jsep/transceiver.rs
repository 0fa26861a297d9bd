use std::sync::Arc;

use crate::{
    audio::{LocalAudio, RemoteAudio},
    sdp::{Direction, MediaKind},
};

/// Names a transceiver of one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TransceiverId(pub usize);

/// What a transceiver sends.
#[derive(Debug, Clone)]
pub struct SendTrack {
    /// The stream and track ids of `a=msid`.
    pub stream_id: String,
    /// See `stream_id`.
    pub track_id: String,
    /// Our source.
    pub ssrc: u32,
    /// The audio; video has none, its section is offered and stays silent.
    pub audio: Option<LocalAudio>,
    /// Bits a second, if the application set them.
    pub bitrate_bps: Option<u32>,
}

/// What a transceiver receives.
#[derive(Debug, Clone)]
pub struct RemoteTrack {
    /// The stream and track ids of `a=msid`.
    pub stream_id: String,
    /// See `stream_id`.
    pub track_id: String,
    /// Where decoded audio goes; video gets none.
    pub audio: Arc<RemoteAudio>,
}

/// A pair of directions in one section.
#[derive(Debug, Clone)]
pub struct Transceiver {
    /// Audio or video.
    pub kind: MediaKind,
    /// Its section, once one has been assigned.
    pub mid: Option<String>,
    /// Whether we offer to receive.
    pub receives: bool,
    /// What we send.
    pub send: Option<SendTrack>,
    /// What we receive now.
    pub remote: Option<RemoteTrack>,
    /// The direction last agreed.
    pub current: Option<Direction>,
    /// Whether the owner task sends.
    pub(super) sending: bool,
}

impl Transceiver {
    pub(super) fn new(kind: MediaKind, receives: bool, send: Option<SendTrack>) -> Self {
        Self {
            kind,
            mid: None,
            receives,
            send,
            remote: None,
            current: None,
            sending: false,
        }
    }

    /// The direction we want.
    #[must_use]
    pub fn direction(&self) -> Direction {
        Direction::new(self.send.is_some(), self.receives)
    }

    pub(super) fn end_remote(&mut self) {
        if let Some(remote) = self.remote.take() {
            remote.audio.end();
        }
    }
}
