//! Noise that falls by 3 dB an octave.

/// Poles of first-order filters an octave and a half apart, and how much of each is in the sum: together a fall of
/// 3 dB an octave within half a decibel above 20 Hz.
const FILTERS: [(f32, f32); 5] = [(0.995, 0.25), (0.98, 0.35), (0.93, 0.55), (0.75, 0.8), (0.3, 1.0)];

#[derive(Debug, Default)]
pub(super) struct Pink {
    states: [f32; FILTERS.len()],
}

impl Pink {
    pub(super) fn sample(&mut self, white: f32) -> f32 {
        let filters = self.states.iter_mut().zip(FILTERS);
        let sum: f32 = filters
            .map(|(state, (pole, share))| {
                *state = pole * *state + (1.0 - pole) * white;
                *state * share / (1.0 - pole).sqrt()
            })
            .sum();
        sum * 0.5
    }
}
