//! Takes noise out of speech: RNNoise, a small recurrent network that weighs 22 bands, in Rust.

use nnnoiseless::DenoiseState;

use crate::thirds::{self, Down, Up};

/// Samples of one step at 16 kHz: 10 ms.
const STEP_SAMPLES: usize = DenoiseState::FRAME_SIZE / 3;
/// Samples at 16 kHz by which sound comes out later than it went in: the overlap of two steps, and the way to the
/// network's sample rate and back. 12 ms.
pub(crate) const DELAY_SAMPLES: usize = STEP_SAMPLES + 2 * thirds::DELAY_SAMPLES;

/// One stream at [`crate::HEARD_RATE_HZ`].
pub struct Suppressor {
    state: Box<DenoiseState<'static>>,
    up: Up,
    down: Down,
    /// Share of the sound as it came that stays in it, 0.0–1.0.
    kept: f32,
    /// The step before, as it came: what comes out of the network now.
    before: Vec<f32>,
    waiting: Vec<f32>,
    fast: Vec<f32>,
    clean: Vec<f32>,
    slow: Vec<f32>,
}

impl Suppressor {
    /// A stream that begins. `kept` of the sound stays as it came, 0.0–1.0: 0.1 holds the noise at −20 dB and leaves
    /// fewer holes in what is said.
    pub fn new(kept: f32) -> Self {
        Self {
            state: DenoiseState::new(),
            up: Up::new(),
            down: Down::new(),
            kept: kept.clamp(0.0, 1.0),
            before: vec![0.0; DenoiseState::FRAME_SIZE],
            waiting: Vec::with_capacity(4 * STEP_SAMPLES),
            fast: Vec::with_capacity(DenoiseState::FRAME_SIZE),
            clean: vec![0.0; DenoiseState::FRAME_SIZE],
            slow: Vec::with_capacity(STEP_SAMPLES),
        }
    }

    /// Takes samples in and appends what is ready to `out`, in steps of 10 ms.
    pub fn push(&mut self, pcm: &[i16], out: &mut Vec<i16>) {
        self.waiting.extend(pcm.iter().map(|sample| f32::from(*sample)));
        let whole = self.waiting.len() - self.waiting.len() % STEP_SAMPLES;
        let waiting: Vec<f32> = self.waiting.drain(..whole).collect();
        for step in waiting.chunks_exact(STEP_SAMPLES) {
            self.step(step, out);
        }
    }

    fn step(&mut self, step: &[f32], out: &mut Vec<i16>) {
        self.fast.clear();
        self.up.push(step, &mut self.fast);
        self.state.process_frame(&mut self.clean, &self.fast);
        for (clean, before) in self.clean.iter_mut().zip(&self.before) {
            *clean += self.kept * (before - *clean);
        }
        std::mem::swap(&mut self.before, &mut self.fast);
        self.slow.clear();
        self.down.push(&self.clean, &mut self.slow);
        // The cast saturates, as clipping should.
        out.extend(self.slow.iter().map(|sample| sample.round() as i16));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::level;
    use crate::noise::{Kind, Noise};

    #[test]
    fn steady_noise_is_taken_down_and_nothing_is_lost_or_added() {
        let noise = Noise::new(Kind::White, 7).take(3 * 16_000, 0.05);
        let mut suppressor = Suppressor::new(0.0);
        let mut clean = Vec::new();
        for piece in noise.chunks(333) {
            suppressor.push(piece, &mut clean);
        }
        assert_eq!(clean.len(), noise.len() - noise.len() % STEP_SAMPLES);
        let (before, after) = (level::rms_db(&noise[16_000..]), level::rms_db(&clean[16_000..]));
        assert!(after < before - 12.0, "from {before} to {after} dB");
    }

    #[test]
    fn what_is_kept_is_the_sound_itself_in_its_place() {
        let noise = Noise::new(Kind::Pink, 7).take(16_000, 0.05);
        let mut suppressor = Suppressor::new(1.0);
        let mut same = Vec::new();
        suppressor.push(&noise, &mut same);
        // Above 7.6 kHz nothing passes, so it is alike and not the same.
        let differences: Vec<i16> = same[4_000..]
            .iter()
            .zip(&noise[4_000 - DELAY_SAMPLES..])
            .map(|(a, b)| a - b)
            .collect();
        assert!(level::rms_db(&differences) < level::rms_db(&noise) - 12.0);
    }
}
