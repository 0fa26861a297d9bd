//! Received audio as a stream of frames.

pub mod immediate;

/// Streams for native code.
pub mod native {
    use std::{
        pin::Pin,
        task::{Context, Poll},
    };

    use tokio_stream::Stream;
    use troupe_rtc::audio::{AudioReader, Delivery, reader};

    use crate::{audio_frame::AudioFrame, audio_track::RtcAudioTrack};

    /// Frames of 10 ms that wait for a slow reader; then the oldest is dropped.
    const DEFAULT_QUEUE_SIZE_FRAMES: usize = 10;

    /// How a stream queues.
    #[derive(Clone, Debug, Default)]
    pub struct NativeAudioStreamOptions {
        /// Frames of 10 ms that may wait: 10 if nothing is said, 3000 if 0 and at most.
        pub queue_size_frames: Option<usize>,
    }

    /// The audio of a remote track, 10 ms a frame.
    ///
    /// It begins with the first packet and goes on through pauses with silence; when nothing has
    /// come for seconds frames stop until something does. It ends with the track.
    #[derive(Debug)]
    pub struct NativeAudioStream {
        track: RtcAudioTrack,
        reader: AudioReader,
    }

    impl NativeAudioStream {
        /// A stream at `sample_rate` Hz in `num_channels` channels.
        #[must_use]
        pub fn new(audio_track: RtcAudioTrack, sample_rate: i32, num_channels: i32) -> Self {
            Self::with_options(
                audio_track,
                sample_rate,
                num_channels,
                NativeAudioStreamOptions::default(),
            )
        }

        /// Like [`new`](Self::new), with a queue of one's own.
        #[must_use]
        pub fn with_options(
            audio_track: RtcAudioTrack,
            sample_rate: i32,
            num_channels: i32,
            options: NativeAudioStreamOptions,
        ) -> Self {
            let rate = u32::try_from(sample_rate).unwrap_or(crate::audio_source::DEFAULT_SAMPLE_RATE);
            let channels = u32::try_from(num_channels).unwrap_or(1);
            let capacity = options.queue_size_frames.unwrap_or(DEFAULT_QUEUE_SIZE_FRAMES);
            let (sink, reader) = reader(Delivery::Paced, rate, channels, capacity);
            audio_track.add_sink(sink);
            Self {
                track: audio_track,
                reader,
            }
        }

        /// The track it reads.
        #[must_use]
        pub fn track(&self) -> RtcAudioTrack {
            self.track.clone()
        }

        /// Frames dropped because they were not read in time.
        #[must_use]
        pub fn dropped_frames(&self) -> u64 {
            self.reader.dropped_frames()
        }

        /// Ends the stream.
        pub fn close(&mut self) {
            self.reader.close();
        }
    }

    impl Stream for NativeAudioStream {
        type Item = AudioFrame<'static>;

        fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
            self.reader.poll_frame(context).map(|frame| {
                frame.map(|frame| AudioFrame {
                    sample_rate: frame.sample_rate_hz,
                    num_channels: frame.channels,
                    samples_per_channel: (frame.samples.len() / frame.channels.max(1) as usize) as u32,
                    data: frame.samples.into(),
                })
            })
        }
    }
}
