//! Chance, from a seed.

/// A small deterministic generator (SplitMix64).
#[derive(Debug, Clone)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn from_seed(seed: u64) -> Self {
        Self(seed)
    }

    /// Whether something happens that has this probability.
    pub(super) fn happens(&mut self, probability: f32) -> bool {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        // 24 bits are what an f32 holds exactly.
        let drawn = (mixed >> 40) as f32 / 16_777_216.0;
        drawn < probability
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn certain_impossible_and_in_between() {
        let mut chance = Chance::from_seed(7);
        assert!((0..1000).all(|_| chance.happens(1.0)));
        assert!(!(0..1000).any(|_| chance.happens(0.0)));
        let half = (0..10_000).filter(|_| chance.happens(0.5)).count();
        assert!((4_800..5_200).contains(&half), "{half}");
    }
}
