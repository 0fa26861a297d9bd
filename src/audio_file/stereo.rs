//! The two sides of a conversation as one stereo WAV.

use std::path::Path;

use hound::{SampleFormat, WavSpec, WavWriter};

use super::AudioFileError;

/// Writes 16-bit stereo; the shorter side is filled up with silence.
///
/// # Errors
/// When the file can't be written, naming it.
pub fn write_stereo(path: &Path, rate_hz: u32, left: &[i16], right: &[i16]) -> Result<(), AudioFileError> {
    let spec = WavSpec {
        channels: 2,
        sample_rate: rate_hz,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let write = || {
        let mut writer = WavWriter::create(path, spec)?;
        for frame in 0..left.len().max(right.len()) {
            for side in [left, right] {
                writer.write_sample(side.get(frame).copied().unwrap_or(0))?;
            }
        }
        writer.finalize()
    };
    write().map_err(|error| AudioFileError::unusable(path, format!("can't be written: {error}")))
}
