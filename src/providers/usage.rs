//! What was asked of providers in one room, in the units in which they ask for money, and what that costs.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Counts what a room uses; clones count together.
#[derive(Debug, Clone, Default)]
pub struct Usage(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    heard_us: AtomicU64,
    spoken_characters: AtomicU64,
    read_tokens: AtomicU64,
    written_tokens: AtomicU64,
}

/// Tokens of one answer of a language model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tokens {
    /// Of the prompt.
    pub read: u64,
    /// Of the answer.
    pub written: u64,
}

/// What was used up to a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Units {
    /// Sound that was handed to models that hear; the same sound twice counts twice.
    pub heard: Duration,
    /// Unicode scalar values that models were to speak.
    pub spoken_characters: u64,
    /// Of language models; estimated where the model does not tell.
    pub tokens: Tokens,
}

/// What units cost, in a currency that only the operator knows; what is left out costs nothing that is known of.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Prices {
    /// A minute of sound that is heard.
    pub heard_minute: Option<f64>,
    /// A thousand characters that are spoken.
    pub spoken_1000_characters: Option<f64>,
    /// A million tokens that language models read.
    pub read_1000000_tokens: Option<f64>,
    /// A million tokens that language models write.
    pub written_1000000_tokens: Option<f64>,
}

/// What each role has cost, as far as prices are known.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Costs {
    /// Models that hear.
    pub hearing: f64,
    /// Language models.
    pub writing: f64,
    /// Models that speak.
    pub speaking: f64,
}

/// What an operator says about money.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Spending {
    /// What units cost.
    pub prices: Prices,
    /// What one room may cost; without a number, anything.
    pub room_budget: Option<f64>,
}

impl Usage {
    /// Sound was handed over.
    pub fn heard(&self, length: Duration) {
        let us = u64::try_from(length.as_micros()).unwrap_or(u64::MAX);
        self.0.heard_us.fetch_add(us, Ordering::Relaxed);
    }

    /// A text is to be spoken.
    pub fn spoke(&self, text: &str) {
        let characters = text.chars().count() as u64;
        self.0.spoken_characters.fetch_add(characters, Ordering::Relaxed);
    }

    /// A language model was asked and has answered.
    pub fn wrote(&self, tokens: Tokens) {
        self.0.read_tokens.fetch_add(tokens.read, Ordering::Relaxed);
        self.0.written_tokens.fetch_add(tokens.written, Ordering::Relaxed);
    }

    /// All of it so far.
    pub fn units(&self) -> Units {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Units {
            heard: Duration::from_micros(of(&self.0.heard_us)),
            spoken_characters: of(&self.0.spoken_characters),
            tokens: Tokens {
                read: of(&self.0.read_tokens),
                written: of(&self.0.written_tokens),
            },
        }
    }
}

impl Prices {
    /// Whether any is known.
    pub fn is_known(&self) -> bool {
        *self != Self::default()
    }
}

impl Units {
    /// What it costs as far as prices are known.
    pub fn costs(&self, prices: &Prices) -> Costs {
        let of = |amount: f64, price: Option<f64>| amount * price.unwrap_or(0.0);
        let millions = |tokens: u64| tokens as f64 / 1_000_000.0;
        Costs {
            hearing: of(self.heard.as_secs_f64() / 60.0, prices.heard_minute),
            writing: of(millions(self.tokens.read), prices.read_1000000_tokens)
                + of(millions(self.tokens.written), prices.written_1000000_tokens),
            speaking: of(
                self.spoken_characters as f64 / 1_000.0,
                prices.spoken_1000_characters,
            ),
        }
    }
}

impl Costs {
    /// All roles together.
    pub fn sum(&self) -> f64 {
        self.hearing + self.writing + self.speaking
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
        let tokens = Tokens {
            read: 2_000_000,
            written: 500_000,
        };
        usage.wrote(tokens);
        let units = usage.units();
        assert_eq!((units.heard.as_secs(), units.spoken_characters), (90, 5));
        assert_eq!(units.tokens, tokens);
        assert_eq!(units.costs(&Prices::default()), Costs::default());
        let heard_minute = Some(0.5);
        let prices = Prices {
            heard_minute,
            ..Prices::default()
        };
        assert_eq!(units.costs(&prices).sum(), 0.75);
        let prices = Prices {
            heard_minute,
            spoken_1000_characters: Some(100.0),
            read_1000000_tokens: Some(0.25),
            written_1000000_tokens: Some(4.0),
        };
        let costs = Costs {
            hearing: 0.75,
            writing: 2.5,
            speaking: 0.5,
        };
        assert_eq!(units.costs(&prices), costs);
        assert_eq!(costs.sum(), 3.75);
    }
}
