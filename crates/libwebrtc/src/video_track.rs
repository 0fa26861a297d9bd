//! Tracks of video: known by name, never decoded.

use std::{
    fmt::{self, Debug},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::{media_stream_track::RtcTrackState, native::packet_trailer::PacketTrailerHandler};

/// A track of video.
#[derive(Clone)]
pub struct RtcVideoTrack {
    id: String,
    enabled: Arc<AtomicBool>,
}

impl RtcVideoTrack {
    pub(crate) fn new(id: String) -> Self {
        Self {
            id,
            enabled: Arc::new(AtomicBool::new(true)),
        }
    }

    /// The track's id.
    #[must_use]
    pub fn id(&self) -> String {
        self.id.clone()
    }

    /// Whether it is on.
    #[must_use]
    pub fn enabled(&self) -> bool {
        self.enabled.load(Ordering::Relaxed)
    }

    /// Switches it on or off, and tells whether that was a change.
    pub fn set_enabled(&self, enabled: bool) -> bool {
        self.enabled.swap(enabled, Ordering::Relaxed) != enabled
    }

    /// Always live: nothing is known of its end.
    #[must_use]
    pub fn state(&self) -> RtcTrackState {
        RtcTrackState::Live
    }

    /// Does nothing: there are no frames to take trailers from.
    pub fn set_packet_trailer_handler(&self, _handler: PacketTrailerHandler) {}

    /// Never any.
    #[must_use]
    pub fn packet_trailer_handler(&self) -> Option<PacketTrailerHandler> {
        None
    }
}

impl Debug for RtcVideoTrack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RtcVideoTrack")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
