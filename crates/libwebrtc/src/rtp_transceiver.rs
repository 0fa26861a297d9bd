//! Transceivers: a sender and a receiver in one section.

use std::{
    fmt::{self, Debug},
    sync::Arc,
};

use troupe_rtc::{
    jsep::{Transceiver, TransceiverId},
    sdp::Direction,
};

use crate::{
    RtcError,
    peer_connection::Session,
    rtp_parameters::{RtpCodecCapability, RtpEncodingParameters},
    rtp_receiver::RtpReceiver,
    rtp_sender::RtpSender,
};

/// How a transceiver is made.
#[derive(Debug, Clone)]
pub struct RtpTransceiverInit {
    /// Who sends.
    pub direction: RtpTransceiverDirection,
    /// The streams the track belongs to; the first counts.
    pub stream_ids: Vec<String>,
    /// Its encodings; of audio the first one's bit rate counts.
    pub send_encodings: Vec<RtpEncodingParameters>,
}

/// Who sends.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum RtpTransceiverDirection {
    /// Both.
    SendRecv,
    /// We.
    SendOnly,
    /// The other side.
    RecvOnly,
    /// Nobody.
    Inactive,
    /// Nobody, for good.
    Stopped,
}

impl RtpTransceiverDirection {
    pub(crate) fn receives(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }
}

impl From<Direction> for RtpTransceiverDirection {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::SendRecv => Self::SendRecv,
            Direction::SendOnly => Self::SendOnly,
            Direction::RecvOnly => Self::RecvOnly,
            Direction::Inactive => Self::Inactive,
        }
    }
}

/// A transceiver.
#[derive(Clone)]
pub struct RtpTransceiver {
    pub(crate) session: Arc<Session>,
    pub(crate) id: TransceiverId,
}

impl RtpTransceiver {
    fn read<T>(&self, f: impl FnOnce(&Transceiver) -> T) -> Option<T> {
        self.session
            .peer
            .with_negotiator(|n| n.transceiver(self.id).map(f))
    }

    /// Its section, once it has one.
    #[must_use]
    pub fn mid(&self) -> Option<String> {
        self.read(|t| t.mid.clone()).flatten()
    }

    /// The direction last agreed.
    #[must_use]
    pub fn current_direction(&self) -> Option<RtpTransceiverDirection> {
        self.read(|t| t.current.map(Into::into)).flatten()
    }

    /// The direction we want.
    #[must_use]
    pub fn direction(&self) -> RtpTransceiverDirection {
        self.read(|t| t.direction().into())
            .unwrap_or(RtpTransceiverDirection::Stopped)
    }

    /// Its sender.
    #[must_use]
    pub fn sender(&self) -> RtpSender {
        RtpSender {
            session: Arc::clone(&self.session),
            id: self.id,
        }
    }

    /// Its receiver.
    #[must_use]
    pub fn receiver(&self) -> RtpReceiver {
        RtpReceiver {
            session: Arc::clone(&self.session),
            id: self.id,
        }
    }

    /// Takes any preference: audio has but one codec.
    pub fn set_codec_preferences(&self, _codecs: Vec<RtpCodecCapability>) -> Result<(), RtcError> {
        Ok(())
    }

    /// Stops sending and receiving; the next offer says so.
    pub fn stop(&self) -> Result<(), RtcError> {
        self.session.peer.remove_track(self.id);
        self.session.peer.with_negotiator(|n| {
            if let Some(transceiver) = n.transceiver_mut(self.id) {
                transceiver.receives = false;
            }
        });
        Ok(())
    }
}

impl Debug for RtpTransceiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RtpTransceiver")
            .field("mid", &self.mid())
            .field("direction", &self.direction())
            .finish_non_exhaustive()
    }
}
