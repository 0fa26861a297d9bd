//! What becomes of a packet, from a seed and its place in the stream alone.

use std::time::Duration;

/// The way on a good network.
const WAY: Duration = Duration::from_millis(25);

/// What a network does.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Faults {
    loss: f64,
    jitter_ms: u64,
}

impl Faults {
    pub(crate) const fn new(loss: f64, jitter_ms: u64) -> Self {
        Self { loss, jitter_ms }
    }

    /// The way of what is not lost and not late.
    pub(crate) const fn without_loss(&self) -> Option<Duration> {
        Some(WAY)
    }

    /// How long a packet is on its way; `None` if it is lost. `place` says which packet it is, `time` how often
    /// it was sent before.
    pub(crate) fn fate(&self, seed: u64, place: u64, time: u64) -> Option<Duration> {
        let [lost, late] = [1, 2].map(|salt| share(&[seed, place, time, salt]));
        (lost >= self.loss).then(|| WAY + Duration::from_secs_f64(late * self.jitter_ms as f64 / 1000.0))
    }
}

/// A number from 0 to 1 that looks random and follows from these.
fn share(words: &[u64]) -> f64 {
    let mixed = words.iter().fold(0x9e37_79b9_7f4a_7c15_u64, |sum, word| {
        // The finaliser of splitmix64.
        let mut z = sum.wrapping_add(*word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    });
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}
