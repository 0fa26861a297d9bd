//! Audio for speech recognition: as soon as it can be decoded, with the times of capture. The official crate
//! has no such stream.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use tokio_stream::Stream;
use troupe_rtc::audio::{AudioReader, Delivery, reader};

pub use troupe_rtc::audio::{Capture, PcmFrame};
pub use troupe_rtc::receive::Played;

use crate::audio_track::RtcAudioTrack;

/// Frames of 10 ms that wait for a slow reader (1 s); then the oldest is dropped and counted.
const QUEUE_FRAMES: usize = 100;

/// The audio of a remote track, 10 ms a frame, without the delay that even playing needs.
///
/// A frame comes when its packet does. After a stall of the network many come at once, and while a sender is
/// silent its silence is told in real time. The stream ends with the track.
#[derive(Debug)]
pub struct ImmediateAudioStream {
    reader: AudioReader,
}

impl ImmediateAudioStream {
    /// A stream at `sample_rate` Hz in `num_channels` (1 or 2) channels.
    #[must_use]
    pub fn new(track: &RtcAudioTrack, sample_rate: u32, num_channels: u32) -> Self {
        let (sink, reader) = reader(Delivery::Immediate, sample_rate, num_channels, QUEUE_FRAMES);
        track.add_sink(sink);
        Self { reader }
    }

    /// Frames dropped because they were not read in time.
    #[must_use]
    pub fn dropped_frames(&self) -> u64 {
        self.reader.dropped_frames()
    }
}

impl Stream for ImmediateAudioStream {
    type Item = PcmFrame;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<PcmFrame>> {
        self.reader.poll_frame(context)
    }
}
