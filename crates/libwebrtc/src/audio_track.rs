//! Tracks of audio, our own and others'.

use std::{
    fmt::{self, Debug},
    sync::{Arc, atomic::Ordering},
};

use troupe_rtc::audio::{AudioSink, AudioSource, LocalAudio, RemoteAudio};

use crate::media_stream_track::RtcTrackState;

/// A track of audio.
#[derive(Clone)]
pub struct RtcAudioTrack {
    pub(crate) side: Side,
}

#[derive(Clone)]
pub(crate) enum Side {
    Local(LocalAudio),
    Remote { id: String, audio: Arc<RemoteAudio> },
}

impl RtcAudioTrack {
    pub(crate) fn local(id: &str, source: AudioSource) -> Self {
        Self {
            side: Side::Local(LocalAudio::new(id.to_owned(), source)),
        }
    }

    pub(crate) fn remote(id: String, audio: Arc<RemoteAudio>) -> Self {
        Self {
            side: Side::Remote { id, audio },
        }
    }

    /// The track's id.
    #[must_use]
    pub fn id(&self) -> String {
        match &self.side {
            Side::Local(local) => local.id.clone(),
            Side::Remote { id, .. } => id.clone(),
        }
    }

    /// Whether it is on.
    #[must_use]
    pub fn enabled(&self) -> bool {
        match &self.side {
            Side::Local(local) => local.enabled.load(Ordering::Relaxed),
            Side::Remote { audio, .. } => audio.enabled(),
        }
    }

    /// Switches it on or off, and tells whether that was a change.
    pub fn set_enabled(&self, enabled: bool) -> bool {
        let before = self.enabled();
        match &self.side {
            Side::Local(local) => local.enabled.store(enabled, Ordering::Relaxed),
            Side::Remote { audio, .. } => audio.set_enabled(enabled),
        }
        before != enabled
    }

    /// Whether more can come.
    #[must_use]
    pub fn state(&self) -> RtcTrackState {
        match &self.side {
            Side::Remote { audio, .. } if audio.ended() => RtcTrackState::Ended,
            _ => RtcTrackState::Live,
        }
    }

    /// Gives the audio to a reader. A local track has none to give: its reader ends at once.
    pub(crate) fn add_sink(&self, sink: AudioSink) {
        match &self.side {
            Side::Local(_) => drop(sink),
            Side::Remote { audio, .. } => audio.add_sink(sink),
        }
    }
}

impl Debug for RtcAudioTrack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RtcAudioTrack")
            .field("id", &self.id())
            .field("enabled", &self.enabled())
            .field("state", &self.state())
            .finish()
    }
}
