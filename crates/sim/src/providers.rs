//! Providers, and what becomes of a request to one.

use std::fmt;

use troupe_seeded::Chance;

/// Added latency that a provider without faults may still have, ms.
const HEALED_SPREAD_MS: u64 = 500;

/// How a provider behaves; shares are percent of requests.
#[derive(Debug, Clone, Copy)]
pub struct Provider {
    /// Shortest time to an answer, ms.
    pub latency_ms_min: u64,
    /// Longest time to an answer, ms.
    pub latency_ms_max: u64,
    /// Requests that fail.
    pub fails: u64,
    /// Requests that are never answered.
    pub hangs: u64,
    /// Answers that are wrong: no words, words for noise, a reply or sound without end.
    pub lies: u64,
}

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
    /// Draws one that usually takes `latency_ms`.
    pub(crate) fn draw(chance: &mut Chance, latency_ms: u64) -> Self {
        let is_fast = chance.percent(25);
        let latency_ms_min = if is_fast { 0 } else { chance.within(10, latency_ms) };
        let is_slow = chance.percent(10);
        let spread = if is_fast {
            5
        } else {
            latency_ms * if is_slow { 20 } else { 2 }
        };
        let is_bad = chance.percent(40);
        let mut share = |max| if is_bad { chance.within(0, max) } else { 0 };
        Self {
            latency_ms_min,
            latency_ms_max: latency_ms_min + spread,
            fails: share(25),
            hangs: share(8),
            lies: share(10),
        }
    }

    /// What becomes of the next request.
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

    /// The same without any fault.
    pub(crate) fn healed(self) -> Self {
        Self {
            latency_ms_max: self.latency_ms_max.min(self.latency_ms_min + HEALED_SPREAD_MS),
            fails: 0,
            hangs: 0,
            lies: 0,
            ..self
        }
    }

    /// Whether every request is answered, and rightly.
    pub(crate) fn is_sound(&self) -> bool {
        self.fails + self.hangs + self.lies == 0
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}-{} ms, fails {} %, hangs {} %, lies {} %",
            self.latency_ms_min, self.latency_ms_max, self.fails, self.hangs, self.lies
        )
    }
}
