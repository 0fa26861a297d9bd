//! Tracks of either kind.

use crate::{audio_track::RtcAudioTrack, enum_dispatch, video_track::RtcVideoTrack};

/// Whether a track can still bring something.
#[derive(Debug, Copy, Clone, PartialEq, Eq)]
pub enum RtcTrackState {
    /// It can.
    Live,
    /// It is over.
    Ended,
}

/// A track.
#[derive(Debug, Clone)]
pub enum MediaStreamTrack {
    /// Of video.
    Video(RtcVideoTrack),
    /// Of audio.
    Audio(RtcAudioTrack),
}

#[expect(missing_docs, reason = "each method is documented on the two kinds of track")]
impl MediaStreamTrack {
    enum_dispatch!(
        [Video, Audio];
        pub fn id(self: &Self) -> String;
        pub fn enabled(self: &Self) -> bool;
        pub fn set_enabled(self: &Self, enabled: bool) -> bool;
        pub fn state(self: &Self) -> RtcTrackState;
    );
}

impl From<RtcAudioTrack> for MediaStreamTrack {
    fn from(track: RtcAudioTrack) -> Self {
        Self::Audio(track)
    }
}

impl From<RtcVideoTrack> for MediaStreamTrack {
    fn from(track: RtcVideoTrack) -> Self {
        Self::Video(track)
    }
}
