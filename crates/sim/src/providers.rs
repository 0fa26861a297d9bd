//! What becomes of a request.

use crate::chance::Chance;
use crate::options::Provider;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is answered after this time.
    Answers(u64),
    /// It is answered wrongly after this time.
    Lies(u64),
    /// It fails after this time.
    Fails(u64),
    /// It is never answered.
    Hangs,
}

impl Provider {
    pub(crate) fn asked(&self, chance: &mut Chance) -> Outcome {
        let after_ms = chance.within(self.latency_ms_min, self.latency_ms_max);
        let drawn = chance.within(0, 99);
        if drawn < self.fails {
            Outcome::Fails(after_ms)
        } else if drawn < self.fails + self.hangs {
            Outcome::Hangs
        } else if drawn < self.fails + self.hangs + self.lies {
            Outcome::Lies(after_ms)
        } else {
            Outcome::Answers(after_ms)
        }
    }
}
