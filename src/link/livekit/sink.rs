//! A character's track as the player sees it.

use std::borrow::Cow;

use livekit::webrtc::audio_frame::AudioFrame;
use livekit::webrtc::audio_source::native::NativeAudioSource;

use crate::voice::{Sink, VOICE_RATE_HZ};

/// Takes a player's frames to a track.
pub struct TrackSink {
    source: NativeAudioSource,
}

impl TrackSink {
    pub(super) fn new(source: NativeAudioSource) -> Self {
        Self { source }
    }
}

impl Sink for TrackSink {
    async fn frame(&mut self, pcm: &[i16]) {
        let frame = AudioFrame {
            data: Cow::Borrowed(pcm),
            sample_rate: VOICE_RATE_HZ,
            num_channels: 1,
            samples_per_channel: u32::try_from(pcm.len()).unwrap_or(0),
        };
        if let Err(error) = self.source.capture_frame(&frame).await {
            tracing::warn!(%error, "send a frame");
        }
    }

    fn clear(&mut self) {
        self.source.clear_buffer();
    }
}
