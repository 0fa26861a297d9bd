//! Changes the sample rate of a stream of mono PCM.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _, ResamplerConstructionError};

/// Full scale of 16-bit PCM.
const FULL_SCALE: f32 = 32_768.0;

/// A streaming sample rate converter; a stream whose rates are equal passes through untouched.
pub struct Resampler {
    stage: Option<Stage>,
}

struct Stage {
    fft: Fft<f32>,
    /// Samples that wait for a whole block.
    waiting: Vec<f32>,
    output: Vec<f32>,
    /// Samples of delay still to be dropped, so that the stream is not shifted.
    delay: usize,
}

impl Resampler {
    /// A converter that works on blocks of about 10 ms.
    ///
    /// # Errors
    /// When a rate is zero or too odd to convert.
    pub fn new(from_hz: u32, to_hz: u32) -> Result<Self, ResamplerConstructionError> {
        if from_hz == to_hz {
            return Ok(Self { stage: None });
        }
        let block = (from_hz / 100).max(1) as usize;
        let fft = Fft::new(from_hz as usize, to_hz as usize, block, 1, FixedSync::Both)?;
        let (input, output) = (fft.input_frames_max(), fft.output_frames_max());
        let delay = fft.output_delay();
        let stage = Stage {
            fft,
            waiting: Vec::with_capacity(4 * input),
            output: vec![0.0; output],
            delay,
        };
        Ok(Self { stage: Some(stage) })
    }

    /// Takes samples in and appends what is ready to `out`.
    pub fn push(&mut self, pcm: &[i16], out: &mut Vec<i16>) {
        let Some(stage) = &mut self.stage else {
            out.extend_from_slice(pcm);
            return;
        };
        stage
            .waiting
            .extend(pcm.iter().map(|sample| f32::from(*sample) / FULL_SCALE));
        stage.run(out);
    }

    /// Appends the rest, padded with silence, when the stream is over; the converter is as new then.
    pub fn finish(&mut self, out: &mut Vec<i16>) {
        let Some(stage) = &mut self.stage else { return };
        let block = stage.fft.input_frames_next();
        let missing = block - stage.waiting.len() % block
            + stage.fft.output_delay().div_ceil(stage.output.len()) * block;
        stage.waiting.resize(stage.waiting.len() + missing, 0.0);
        stage.run(out);
        stage.waiting.clear();
        stage.fft.reset();
        stage.delay = stage.fft.output_delay();
    }
}

impl Stage {
    fn run(&mut self, out: &mut Vec<i16>) {
        let mut used = 0;
        let block = self.fft.input_frames_next();
        while let Some(input) = self.waiting.get(used..used + block) {
            let room = self.output.len();
            let (Ok(input), Ok(mut output)) = (
                InterleavedSlice::new(input, 1, block),
                InterleavedSlice::new_mut(&mut self.output, 1, room),
            ) else {
                break;
            };
            let Ok((read, written)) = self.fft.process_into_buffer(&input, &mut output, None) else {
                break;
            };
            used += read;
            let skipped = self.delay.min(written);
            self.delay -= skipped;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "the cast saturates, as clipping should"
            )]
            out.extend(
                self.output[skipped..written]
                    .iter()
                    .map(|sample| (sample * FULL_SCALE).round() as i16),
            );
        }
        self.waiting.drain(..used);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    fn tone(rate: u32, hz: f32, seconds: f32) -> Vec<i16> {
        let samples = (rate as f32 * seconds) as usize;
        (0..samples)
            .map(|n| ((n as f32 * hz * std::f32::consts::TAU / rate as f32).sin() * 8_000.0) as i16)
            .collect()
    }

    fn check(from: u32, to: u32) {
        let mut resampler = Resampler::new(from, to).unwrap();
        let input = tone(from, 440.0, 1.0);
        let expected = tone(to, 440.0, 1.0);
        let mut output = Vec::new();
        for piece in input.chunks(333) {
            resampler.push(piece, &mut output);
        }
        resampler.finish(&mut output);
        assert!(
            output.len() >= expected.len() && output.len() < expected.len() + to as usize / 20,
            "{from} -> {to}"
        );
        let worst = output
            .iter()
            .zip(&expected)
            .skip(to as usize / 10)
            .take(to as usize / 2);
        let worst = worst
            .map(|(a, b)| (i32::from(*a) - i32::from(*b)).abs())
            .max()
            .unwrap();
        assert!(worst < 200, "{from} -> {to}: off by {worst} of 8000");
    }

    #[test]
    fn a_tone_keeps_its_pitch_level_and_place() {
        for (from, to) in [
            (48_000, 16_000),
            (24_000, 48_000),
            (22_050, 48_000),
            (48_000, 48_000),
        ] {
            check(from, to);
        }
    }
}
