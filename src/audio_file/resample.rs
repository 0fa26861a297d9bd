//! Another sample rate, for whole recordings.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};

/// Frames that the resampler takes at once; only speed depends on it.
const CHUNK_FRAMES: usize = 1024;

/// Resamples mono `pcm`; the answer has no delay and the same duration.
pub(super) fn resample(pcm: Vec<f32>, from_hz: u32, to_hz: u32) -> Result<Vec<f32>, String> {
    if from_hz == to_hz {
        return Ok(pcm);
    }
    let failed = |error: &dyn std::fmt::Display| format!("can't be resampled from {from_hz} Hz: {error}");
    let mut resampler = Fft::<f32>::new(from_hz as usize, to_hz as usize, CHUNK_FRAMES, 1, FixedSync::Both)
        .map_err(|error| failed(&error))?;
    let frames = pcm.len();
    let input = InterleavedSlice::new(&pcm, 1, frames).map_err(|error| failed(&error))?;
    let output = resampler
        .process_all(&input, frames, None)
        .map_err(|error| failed(&error))?;
    Ok(output.take_data())
}
