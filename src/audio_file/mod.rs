//! Recordings on disk: WAV and FLAC of any rate and channel count in, mono PCM out; stereo WAV back.

mod error;
mod flac;
mod resample;
mod stereo;
mod wav;

use std::path::Path;

pub use error::AudioFileError;
pub use stereo::write_stereo;

/// Longest recording that is read, s: it is held in memory whole.
pub const DURATION_MAX_S: u64 = 900;

/// A file's samples as they stand in it, scaled to -1.0..=1.0.
struct Decoded {
    rate_hz: u32,
    channels: usize,
    interleaved: Vec<f32>,
}

impl Decoded {
    /// Samples that [`DURATION_MAX_S`] allows for a format.
    fn samples_max(rate_hz: u32, channels: usize) -> u64 {
        u64::from(rate_hz) * channels as u64 * DURATION_MAX_S
    }

    /// The mean of all channels.
    fn into_mono(self) -> Vec<f32> {
        if self.channels == 1 {
            return self.interleaved;
        }
        let share = 1.0 / self.channels as f32;
        self.interleaved
            .chunks_exact(self.channels)
            .map(|frame| frame.iter().sum::<f32>() * share)
            .collect()
    }
}

/// Reads a recording as mono PCM at `rate_hz`.
///
/// # Errors
/// When the file can't be read, and as [`decode_mono`].
pub fn read_mono(path: &Path, rate_hz: u32) -> Result<Vec<i16>, AudioFileError> {
    let bytes = std::fs::read(path).map_err(|error| AudioFileError::unreadable(path, &error))?;
    decode_mono(path, &bytes, rate_hz)
}

/// Decodes a recording to mono PCM at `rate_hz`. The content decides the format, not the name in `path`.
///
/// # Errors
/// When it is neither WAV nor FLAC, is damaged, empty, or longer than [`DURATION_MAX_S`]. Every error names
/// `path`.
pub fn decode_mono(path: &Path, bytes: &[u8], rate_hz: u32) -> Result<Vec<i16>, AudioFileError> {
    let decoded = match bytes.get(..4) {
        Some(b"RIFF") => wav::decode(bytes),
        Some(b"fLaC") => flac::decode(bytes),
        _ => Err("is neither WAV nor FLAC; convert it to one of them".to_owned()),
    };
    let mono = decoded.and_then(|decoded| {
        if decoded.interleaved.is_empty() {
            return Err("holds no sound".to_owned());
        }
        let from_hz = decoded.rate_hz;
        resample::resample(decoded.into_mono(), from_hz, rate_hz)
    });
    let mono = mono.map_err(|reason| AudioFileError::unusable(path, reason))?;
    Ok(mono
        .into_iter()
        .map(|sample| (sample * 32_768.0).round() as i16)
        .collect())
}

#[cfg(test)]
mod tests;
