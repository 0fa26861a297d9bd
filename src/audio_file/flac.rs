//! FLAC.

use claxon::FlacReader;

use super::{DURATION_MAX_S, Decoded};

pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, String> {
    let mut reader = FlacReader::new(bytes).map_err(damaged)?;
    let info = reader.streaminfo();
    let channels = info.channels as usize;
    if channels == 0 || info.sample_rate == 0 {
        return Err("is a damaged FLAC file: no channels or no sample rate".to_owned());
    }
    let samples_max = Decoded::samples_max(info.sample_rate, channels);
    let scale = 1.0 / 2f32.powi(info.bits_per_sample as i32 - 1);
    let mut interleaved = Vec::new();
    // The header's length is only a claim, so the samples themselves are counted.
    for sample in reader.samples() {
        if interleaved.len() as u64 >= samples_max {
            return Err(format!("is longer than {DURATION_MAX_S} s"));
        }
        interleaved.push(sample.map_err(damaged)? as f32 * scale);
    }
    Ok(Decoded {
        rate_hz: info.sample_rate,
        channels,
        interleaved,
    })
}

fn damaged(error: claxon::Error) -> String {
    format!("is a damaged FLAC file: {error}")
}
