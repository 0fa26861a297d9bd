//! A character's track, recorded as it is sent.

use super::TrackInput;
use crate::voice::Sink;

/// Hands frames on and records them at the time at which they are sent.
pub struct RecordedSink<S> {
    sink: S,
    track: Option<TrackInput>,
}

impl<S> RecordedSink<S> {
    /// Without a track nothing is recorded.
    pub fn new(sink: S, track: Option<TrackInput>) -> Self {
        Self { sink, track }
    }
}

impl<S: Sink> Sink for RecordedSink<S> {
    async fn frame(&mut self, pcm: &[i16]) {
        if let Some(track) = &mut self.track {
            track.push(pcm);
        }
        self.sink.frame(pcm).await;
    }

    fn clear(&mut self) {
        self.sink.clear();
        if let Some(track) = &mut self.track {
            track.cut();
        }
    }
}
