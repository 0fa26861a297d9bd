use std::f32::consts::PI;

/// Filter taps on each side of a sample, at the lower of the two rates.
const HALF_TAPS: usize = 12;

/// Changes the rate of a mono signal by a windowed-sinc filter, one phase table for the whole life.
///
/// The cut-off sits just under half the lower rate. The delay is `HALF_TAPS` samples of that rate,
/// 0.75 ms at 16 kHz.
#[derive(Debug)]
pub struct Resampler {
    up: usize,
    down: usize,
    taps: usize,
    /// `up` phases of `taps` coefficients each.
    phases: Vec<f32>,
    history: Vec<f32>,
    /// Position of the next output sample, in `1 / up` input samples from the start of `history`.
    position: usize,
}

impl Resampler {
    /// A resampler from `from_hz` to `to_hz`; `None` when nothing is to be done or a rate is 0.
    #[must_use]
    pub fn new(from_hz: u32, to_hz: u32) -> Option<Self> {
        if from_hz == to_hz || from_hz == 0 || to_hz == 0 {
            return None;
        }
        let divisor = gcd(from_hz, to_hz);
        let (up, down) = ((to_hz / divisor) as usize, (from_hz / divisor) as usize);
        let ratio = (to_hz as f32 / from_hz as f32).min(1.0);
        let half = (HALF_TAPS as f32 / ratio).ceil() as usize;
        let taps = 2 * half;
        let cutoff = 0.94 * ratio;
        let mut phases = Vec::with_capacity(up * taps);
        for phase in 0..up {
            let offset = phase as f32 / up as f32;
            let start = phases.len();
            for tap in 0..taps {
                let x = tap as f32 - (half as f32 - 1.0) - offset;
                phases.push(windowed_sinc(x, cutoff, half as f32));
            }
            let sum: f32 = phases.iter().skip(start).sum();
            phases.iter_mut().skip(start).for_each(|c| *c /= sum);
        }
        Some(Self {
            up,
            down,
            taps,
            phases,
            history: vec![0.0; taps - 1],
            position: 0,
        })
    }

    /// Converts `input`, appending to `output`; state carries over between calls.
    pub fn process(&mut self, input: &[i16], output: &mut Vec<i16>) {
        self.history.extend(input.iter().map(|&s| f32::from(s)));
        loop {
            let (start, phase) = (self.position / self.up, self.position % self.up);
            let window = self.history.get(start..start + self.taps);
            let filter = self.phases.get(phase * self.taps..(phase + 1) * self.taps);
            let (Some(window), Some(filter)) = (window, filter) else {
                break;
            };
            output.push(dot(window, filter).clamp(-32_768.0, 32_767.0) as i16);
            self.position += self.down;
        }
        let used = (self.position / self.up).min(self.history.len());
        self.history.drain(..used);
        self.position -= used * self.up;
    }
}

/// The sum of products, with a sum of its own for each lane, so that the processor adds them all at once.
fn dot(window: &[f32], filter: &[f32]) -> f32 {
    const LANES: usize = 8;
    let ((windows, samples), (filters, factors)) = (window.as_chunks::<LANES>(), filter.as_chunks::<LANES>());
    let mut sums = [0.0; LANES];
    for (window, filter) in windows.iter().zip(filters) {
        sums = std::array::from_fn(|lane| sums[lane] + window[lane] * filter[lane]);
    }
    let rest: f32 = samples
        .iter()
        .zip(factors)
        .map(|(sample, factor)| sample * factor)
        .sum();
    sums.iter().sum::<f32>() + rest
}

fn windowed_sinc(x: f32, cutoff: f32, half: f32) -> f32 {
    let sinc = if x.abs() < 1e-6 {
        cutoff
    } else {
        (PI * x * cutoff).sin() / (PI * x)
    };
    let w = (x / half).clamp(-1.0, 1.0);
    // Blackman: side lobes at -58 dB.
    let window = 0.42 + 0.5 * (PI * w).cos() + 0.08 * (2.0 * PI * w).cos();
    sinc * window
}

const fn gcd(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn tone(hz: f32, rate: u32, samples: usize) -> Vec<i16> {
        (0..samples)
            .map(|i| (10_000.0 * (2.0 * PI * hz * i as f32 / rate as f32).sin()) as i16)
            .collect()
    }

    fn rms(samples: &[i16]) -> f32 {
        (samples.iter().map(|&s| f32::from(s).powi(2)).sum::<f32>() / samples.len() as f32).sqrt()
    }

    #[test]
    fn keeps_a_voice_tone_and_the_sample_count() {
        for (from, to) in [
            (48_000, 16_000),
            (16_000, 48_000),
            (44_100, 48_000),
            (22_050, 48_000),
            (48_000, 8_000),
        ] {
            let mut resampler = Resampler::new(from, to).unwrap();
            let mut out = Vec::new();
            for block in tone(1000.0, from, from as usize).chunks(from as usize / 100) {
                resampler.process(block, &mut out);
            }
            assert!(
                out.len().abs_diff(to as usize) <= 64,
                "{from} to {to}: {}",
                out.len()
            );
            let level = rms(&out[out.len() / 4..]) / rms(&tone(1000.0, to, to as usize));
            assert!((0.98..1.02).contains(&level), "{from} to {to}: {level}");
        }
    }

    #[test]
    fn removes_what_would_alias() {
        let mut resampler = Resampler::new(48_000, 16_000).unwrap();
        let mut out = Vec::new();
        resampler.process(&tone(11_000.0, 48_000, 48_000), &mut out);
        assert!(rms(&out[1000..]) < 70.0, "{}", rms(&out[1000..]));
    }
}
