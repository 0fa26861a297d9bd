use ogg::OggReadError;
use troupe_rtc::opus::OpusError;

/// Why a file can't be read as one of ours.
#[derive(Debug, thiserror::Error)]
pub enum OpusFileError {
    /// It is not Ogg, or cut off.
    #[error("read Ogg pages: {0}")]
    Ogg(#[from] OggReadError),
    /// It holds something else, or another kind of Opus.
    #[error("the file is not mono Opus with packets of 20 ms: {0}")]
    Unlike(&'static str),
    /// A packet can't be decoded.
    #[error(transparent)]
    Opus(#[from] OpusError),
}
