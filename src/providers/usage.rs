//! What was asked of providers in one room, in the units in which they ask for money.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counts what a room uses; clones count together.
#[derive(Debug, Clone, Default)]
pub struct Usage(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    heard_ms: AtomicU64,
    spoken_characters: AtomicU64,
}

/// What was used up to a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Units {
    /// Sound that was handed to models that hear; the same sound twice counts twice.
    pub heard: Duration,
    /// Unicode scalar values that models were to speak.
    pub spoken_characters: u64,
}

/// What units cost, in a currency that only the operator knows; what is left out costs nothing that is known of.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Prices {
    /// A minute of sound that is heard.
    pub heard_minute: Option<f64>,
    /// A thousand characters that are spoken.
    pub spoken_1000_characters: Option<f64>,
}

impl Usage {
    /// Sound was handed over.
    pub fn heard(&self, length: Duration) {
        let ms = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
        self.0.heard_ms.fetch_add(ms, Ordering::Relaxed);
    }

    /// A text is to be spoken.
    pub fn spoke(&self, text: &str) {
        let characters = text.chars().count() as u64;
        self.0.spoken_characters.fetch_add(characters, Ordering::Relaxed);
    }

    /// All of it so far.
    pub fn units(&self) -> Units {
        Units {
            heard: Duration::from_millis(self.0.heard_ms.load(Ordering::Relaxed)),
            spoken_characters: self.0.spoken_characters.load(Ordering::Relaxed),
        }
    }
}

impl Units {
    /// What it costs as far as prices are known; `None` when none is.
    pub fn cost(&self, prices: &Prices) -> Option<f64> {
        let heard = prices
            .heard_minute
            .map(|price| self.heard.as_secs_f64() / 60.0 * price);
        let spoken = prices
            .spoken_1000_characters
            .map(|price| self.spoken_characters as f64 / 1_000.0 * price);
        [heard, spoken]
            .into_iter()
            .flatten()
            .reduce(|sum, cost| sum + cost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_count_together_and_only_known_prices_cost() {
        let usage = Usage::default();
        usage.clone().heard(Duration::from_secs(90));
        usage.spoke("Grüße");
        let units = usage.units();
        assert_eq!((units.heard.as_secs(), units.spoken_characters), (90, 5));
        assert_eq!(units.cost(&Prices::default()), None);
        let prices = Prices {
            heard_minute: Some(0.5),
            ..Prices::default()
        };
        assert_eq!(units.cost(&prices), Some(0.75));
        let prices = Prices {
            spoken_1000_characters: Some(100.0),
            ..prices
        };
        assert_eq!(units.cost(&prices), Some(1.25));
    }
}
