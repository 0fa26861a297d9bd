//! Recordings on disk: WAV and FLAC of any rate and channel count in, mono PCM out; stereo WAV back.

mod error;
mod flac;
mod stereo;
mod wav;

use std::path::Path;

use crate::dsp::Resampler;

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
    fn into_mono(self) -> Vec<i16> {
        let share = 32_768.0 / self.channels as f32;
        let frames = self.interleaved.chunks_exact(self.channels);
        // The cast saturates, as clipping should.
        frames
            .map(|frame| (frame.iter().sum::<f32>() * share).round() as i16)
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
        resample(&decoded.into_mono(), from_hz, rate_hz)
    });
    mono.map_err(|reason| AudioFileError::unusable(path, reason))
}

fn resample(pcm: &[i16], from_hz: u32, to_hz: u32) -> Result<Vec<i16>, String> {
    let mut resampler = Resampler::new(from_hz, to_hz)
        .map_err(|error| format!("can't be resampled from {from_hz} Hz: {error}"))?;
    let samples = (pcm.len() as u64 * u64::from(to_hz)).div_ceil(u64::from(from_hz)) as usize;
    let mut resampled = Vec::with_capacity(samples);
    resampler.push(pcm, &mut resampled);
    resampler.finish(&mut resampled);
    // The end is padded to a whole block.
    resampled.truncate(samples);
    Ok(resampled)
}

#[cfg(test)]
mod tests;
