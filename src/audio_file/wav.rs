//! WAV: integer PCM of 8 to 32 bits, or 32-bit floats.

use hound::{SampleFormat, WavReader};

use super::{DURATION_MAX_S, Decoded};

pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, String> {
    let reader = WavReader::new(bytes).map_err(damaged)?;
    let spec = reader.spec();
    let channels = usize::from(spec.channels);
    if channels == 0 || spec.sample_rate == 0 {
        return Err("is a damaged WAV file: no channels or no sample rate".to_owned());
    }
    if u64::from(reader.len()) > Decoded::samples_max(spec.sample_rate, channels) {
        return Err(format!("is longer than {DURATION_MAX_S} s"));
    }
    let interleaved: Result<Vec<f32>, hound::Error> = match spec.sample_format {
        SampleFormat::Float => {
            let samples = reader.into_samples::<f32>();
            samples.map(|sample| Ok(sample?.clamp(-1.0, 1.0))).collect()
        }
        SampleFormat::Int => {
            let scale = 1.0 / 2f32.powi(i32::from(spec.bits_per_sample) - 1);
            reader
                .into_samples::<i32>()
                .map(|sample| Ok(sample? as f32 * scale))
                .collect()
        }
    };
    Ok(Decoded {
        rate_hz: spec.sample_rate,
        channels,
        interleaved: interleaved.map_err(damaged)?,
    })
}

fn damaged(error: hound::Error) -> String {
    match error {
        hound::Error::Unsupported => {
            "is a WAV file of an unknown kind; use integer PCM or 32-bit floats".to_owned()
        }
        error => format!("is a damaged WAV file: {error}"),
    }
}
