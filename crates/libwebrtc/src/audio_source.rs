//! Where the audio of a local track comes from.

/// The rate in Hz a device source would have.
pub const DEFAULT_SAMPLE_RATE: u32 = 48_000;

/// The channels a device source would have.
pub const DEFAULT_NUM_CHANNELS: u32 = 1;

/// Processing asked for; kept, but nothing is processed here.
#[derive(Default, Debug, Clone, Copy)]
pub struct AudioSourceOptions {
    /// Remove echo.
    pub echo_cancellation: bool,
    /// Remove noise.
    pub noise_suppression: bool,
    /// Even out the level.
    pub auto_gain_control: bool,
}

/// A source of audio.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub enum RtcAudioSource {
    /// Frames come from the application.
    Native(native::NativeAudioSource),
    /// A microphone. There are no devices here: its track stays silent.
    Device,
}

impl RtcAudioSource {
    /// Sets the processing options.
    pub fn set_audio_options(&self, options: AudioSourceOptions) {
        if let Self::Native(source) = self {
            source.set_audio_options(options);
        }
    }

    /// The processing options.
    #[must_use]
    pub fn audio_options(&self) -> AudioSourceOptions {
        match self {
            Self::Native(source) => source.audio_options(),
            Self::Device => AudioSourceOptions::default(),
        }
    }

    /// Samples a second and channel.
    #[must_use]
    pub fn sample_rate(&self) -> u32 {
        match self {
            Self::Native(source) => source.sample_rate(),
            Self::Device => DEFAULT_SAMPLE_RATE,
        }
    }

    /// Channels.
    #[must_use]
    pub fn num_channels(&self) -> u32 {
        match self {
            Self::Native(source) => source.num_channels(),
            Self::Device => DEFAULT_NUM_CHANNELS,
        }
    }
}

/// Sources that the application fills.
pub mod native {
    use std::sync::Arc;

    use parking_lot::Mutex;
    use troupe_rtc::audio::{AudioSource, AudioSourceConfig};
    pub use troupe_rtc::{
        audio::{EncodedAudio, PlaybackPosition},
        opus::EncoderConfig,
    };

    use super::AudioSourceOptions;
    use crate::{RtcError, audio_frame::AudioFrame};

    /// A queue of audio that the application fills.
    ///
    /// With a queue the audio is paced: frames of any length may come as fast as
    /// [`capture_frame`](Self::capture_frame) takes them, and
    /// [`clear_buffer`](Self::clear_buffer) drops all that has not been sent. Without one (0 ms)
    /// every full 20 ms goes out as it comes.
    #[derive(Clone, Debug)]
    pub struct NativeAudioSource {
        pub(crate) source: AudioSource,
        options: Arc<Mutex<AudioSourceOptions>>,
    }

    impl NativeAudioSource {
        /// A source of `num_channels` (1 or 2) at `sample_rate` Hz that holds up to `queue_size_ms`
        /// before `capture_frame` waits.
        ///
        /// 8, 12, 16, 24 and 48 kHz are encoded as they come; other rates are converted first.
        #[must_use]
        pub fn new(
            options: AudioSourceOptions,
            sample_rate: u32,
            num_channels: u32,
            queue_size_ms: u32,
        ) -> Self {
            let config = AudioSourceConfig {
                sample_rate_hz: sample_rate,
                channels: num_channels,
                queue_ms: queue_size_ms,
            };
            Self {
                source: AudioSource::new(config),
                options: Arc::new(Mutex::new(options)),
            }
        }

        /// A source that plays audio encoded beforehand in a loop, for as many tracks as like. Not in the official
        /// crate.
        #[must_use]
        pub fn of_encoded(audio: Arc<EncodedAudio>) -> Self {
            Self {
                source: AudioSource::of_encoded(audio),
                options: Arc::default(),
            }
        }

        /// What became of the audio captured so far: sent, waiting, cut. Not in the official crate.
        #[must_use]
        pub fn position(&self) -> PlaybackPosition {
            self.source.position()
        }

        /// Cuts all audio that has not been sent. The next packet fades it out within 5 ms.
        pub fn clear_buffer(&self) {
            self.source.clear();
        }

        /// Queues a frame and waits while the queue is over its size.
        pub async fn capture_frame(&self, frame: &AudioFrame<'_>) -> Result<(), RtcError> {
            if frame.sample_rate != self.sample_rate() || frame.num_channels != self.num_channels() {
                return Err(RtcError::state(format!(
                    "the frame has {} Hz and {} channels, the source {} Hz and {}",
                    frame.sample_rate,
                    frame.num_channels,
                    self.sample_rate(),
                    self.num_channels()
                )));
            }
            self.source
                .capture(&frame.data)
                .await
                .map_err(|error| RtcError::state(error.to_string()))
        }

        /// Sets the processing options.
        pub fn set_audio_options(&self, options: AudioSourceOptions) {
            *self.options.lock() = options;
        }

        /// The processing options.
        #[must_use]
        pub fn audio_options(&self) -> AudioSourceOptions {
            *self.options.lock()
        }

        /// Samples a second and channel.
        #[must_use]
        pub fn sample_rate(&self) -> u32 {
            self.source.config().sample_rate_hz
        }

        /// Channels.
        #[must_use]
        pub fn num_channels(&self) -> u32 {
            self.source.config().channels
        }
    }
}
