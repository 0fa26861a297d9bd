use super::Resampler;

/// Changes the rate of interleaved audio of one or two channels.
#[derive(Debug)]
pub struct StereoResampler {
    channels: Vec<Resampler>,
    input: Vec<i16>,
    outputs: [Vec<i16>; 2],
}

impl StereoResampler {
    /// A resampler for `channels` (1 or 2) channels; `None` when nothing is to be done or a rate is 0.
    #[must_use]
    pub fn new(from_hz: u32, to_hz: u32, channels: usize) -> Option<Self> {
        let make = |_| Resampler::new(from_hz, to_hz);
        let channels: Vec<Resampler> = (0..channels.clamp(1, 2)).filter_map(make).collect();
        (!channels.is_empty()).then(|| Self {
            channels,
            input: Vec::new(),
            outputs: [Vec::new(), Vec::new()],
        })
    }

    /// Converts `input`, appending to `output`; state carries over between calls.
    pub fn process(&mut self, input: &[i16], output: &mut Vec<i16>) {
        let count = self.channels.len();
        if count == 1 {
            self.channels
                .iter_mut()
                .for_each(|only| only.process(input, output));
            return;
        }
        for (channel, (resampler, out)) in self.channels.iter_mut().zip(&mut self.outputs).enumerate() {
            self.input.clear();
            self.input.extend(input.iter().skip(channel).step_by(count));
            out.clear();
            resampler.process(&self.input, out);
        }
        let [left, right] = &self.outputs;
        output.extend(left.iter().zip(right).flat_map(|(left, right)| [*left, *right]));
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn channels_do_not_leak_into_each_other() {
        let mut resampler = StereoResampler::new(24_000, 48_000, 2).unwrap();
        let mut out = Vec::new();
        resampler.process(&[8_000, -2_000].repeat(2_400), &mut out);
        assert_eq!(out.len() % 2, 0);
        let settled = out.get(400..).unwrap();
        for pair in settled.chunks_exact(2) {
            assert!(
                (pair[0] - 8_000).abs() < 20 && (pair[1] + 2_000).abs() < 20,
                "{pair:?}"
            );
        }
    }
}
