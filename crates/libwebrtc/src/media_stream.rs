//! Streams: remote tracks that belong together.

use crate::{audio_track::RtcAudioTrack, media_stream_track::MediaStreamTrack, video_track::RtcVideoTrack};

/// A stream with its one track.
#[derive(Clone, Debug)]
pub struct MediaStream {
    pub(crate) id: String,
    pub(crate) track: MediaStreamTrack,
}

impl MediaStream {
    /// The stream's id; a LiveKit server writes participant and track into it.
    #[must_use]
    pub fn id(&self) -> String {
        self.id.clone()
    }

    /// Its audio.
    #[must_use]
    pub fn audio_tracks(&self) -> Vec<RtcAudioTrack> {
        match &self.track {
            MediaStreamTrack::Audio(track) => vec![track.clone()],
            MediaStreamTrack::Video(_) => Vec::new(),
        }
    }

    /// Its video.
    #[must_use]
    pub fn video_tracks(&self) -> Vec<RtcVideoTrack> {
        match &self.track {
            MediaStreamTrack::Video(track) => vec![track.clone()],
            MediaStreamTrack::Audio(_) => Vec::new(),
        }
    }
}
