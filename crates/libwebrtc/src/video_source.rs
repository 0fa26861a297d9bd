//! Sources of video: types only, a track made of one cannot be published.

/// Width and height.
#[derive(Debug, Clone)]
pub struct VideoResolution {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
}

impl Default for VideoResolution {
    fn default() -> Self {
        Self {
            width: 1280,
            height: 720,
        }
    }
}

/// A source of video.
#[non_exhaustive]
#[derive(Debug, Clone)]
pub enum RtcVideoSource {
    /// Frames would come from the application.
    Native(native::NativeVideoSource),
}

impl RtcVideoSource {
    /// The resolution it was made with.
    #[must_use]
    pub fn video_resolution(&self) -> VideoResolution {
        match self {
            Self::Native(source) => source.video_resolution(),
        }
    }
}

/// Sources that the application would fill.
pub mod native {
    use super::VideoResolution;
    use crate::native::packet_trailer::PacketTrailerHandler;

    /// A source of video that takes no frames.
    #[derive(Clone, Debug, Default)]
    pub struct NativeVideoSource {
        resolution: VideoResolution,
    }

    impl NativeVideoSource {
        /// A source of that resolution.
        #[must_use]
        pub fn new(resolution: VideoResolution, _is_screencast: bool) -> Self {
            Self { resolution }
        }

        /// The resolution it was made with.
        #[must_use]
        pub fn video_resolution(&self) -> VideoResolution {
            self.resolution.clone()
        }

        /// Does nothing: there are no frames to put trailers on.
        pub fn set_packet_trailer_handler(&self, _handler: PacketTrailerHandler) {}
    }
}
