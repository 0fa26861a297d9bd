//! How many calls may be made twice: a share of all calls, and a few at once. Pure.

/// Extra calls earned by one call.
const SHARE: f64 = 0.2;
/// Extra calls that may be saved up.
const SAVED_MAX: f64 = 5.0;

/// Extra calls that may still be made.
#[derive(Debug)]
pub(super) struct Budget {
    saved: f64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { saved: SAVED_MAX }
    }
}

impl Budget {
    /// A call is made that somebody asked for.
    pub(super) fn earn(&mut self) {
        self.saved = (self.saved + SHARE).min(SAVED_MAX);
    }

    /// Takes one extra call, if there is one left.
    pub(super) fn spend(&mut self) -> bool {
        let has_one = self.saved >= 1.0;
        if has_one {
            self.saved -= 1.0;
        }
        has_one
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    #[test]
    fn extra_calls_stay_a_share_however_they_are_asked_for() {
        for seed in 0..200 {
            let mut chance = StdRng::seed_from_u64(seed);
            let greed = chance.random::<f64>();
            let (mut budget, mut calls, mut extra) = (Budget::default(), 0_u32, 0_u32);
            for _ in 0..1_000 {
                budget.earn();
                calls += 1;
                extra += u32::from(chance.random::<f64>() < greed && budget.spend());
                let most = f64::from(calls) * SHARE + SAVED_MAX;
                assert!(f64::from(extra) <= most, "seed {seed}: {extra} of {calls}");
            }
        }
    }

    #[test]
    fn what_was_saved_is_spent_once() {
        let mut budget = Budget::default();
        assert!((0..5).all(|_| budget.spend()));
        assert!(!budget.spend());
        (0..5).for_each(|_| budget.earn());
        assert!(budget.spend() && !budget.spend());
    }
}
