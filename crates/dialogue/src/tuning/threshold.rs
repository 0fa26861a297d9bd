//! What a threshold is: a name, a unit, bounds, and why it is there.

use std::fmt;
use std::time::Duration;

/// In what a threshold is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Milliseconds.
    Milliseconds,
    /// A number of things.
    Count,
    /// A number without unit.
    Plain,
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Milliseconds => "ms",
            Self::Count => "count",
            Self::Plain => "plain",
        })
    }
}

/// One threshold, for documents and for whoever lets people change it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// Name, as in [`super::Tuning`].
    pub name: &'static str,
    /// In what it is counted.
    pub unit: Unit,
    /// Value unless overridden.
    pub default: f64,
    /// Smallest value allowed.
    pub min: f64,
    /// Largest value allowed.
    pub max: f64,
    /// What it does, and what a larger value costs.
    pub why: &'static str,
}

/// A threshold can't be set like this.
#[derive(Debug, Clone, PartialEq)]
pub enum TuningError {
    /// There is no such threshold.
    Unknown {
        /// What was asked for.
        name: String,
    },
    /// The value lies outside the bounds.
    OutOfBounds {
        /// Which threshold.
        threshold: Threshold,
        /// What was asked for.
        value: f64,
    },
}

impl fmt::Display for TuningError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown { name } => write!(f, "no threshold is called {name}"),
            Self::OutOfBounds { threshold, value } => write!(
                f,
                "{} is {value} {}; it must lie within {} and {}",
                threshold.name, threshold.unit, threshold.min, threshold.max
            ),
        }
    }
}

impl std::error::Error for TuningError {}

/// How a type is read from and written as a number in its unit.
pub(super) trait Value: Copy {
    const UNIT: Unit;
    fn from_number(number: f64) -> Self;
    fn number(self) -> f64;
}

impl Value for Duration {
    const UNIT: Unit = Unit::Milliseconds;
    fn from_number(number: f64) -> Self {
        Self::try_from_secs_f64(number / 1000.0).unwrap_or(Self::ZERO)
    }
    fn number(self) -> f64 {
        (self.as_secs_f64() * 1000.0).round()
    }
}

impl Value for u32 {
    const UNIT: Unit = Unit::Count;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the cast saturates, and bounds were checked"
    )]
    fn from_number(number: f64) -> Self {
        number as Self
    }
    fn number(self) -> f64 {
        f64::from(self)
    }
}

impl Value for f32 {
    const UNIT: Unit = Unit::Plain;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "thresholds need no more than six digits"
    )]
    fn from_number(number: f64) -> Self {
        number as Self
    }
    fn number(self) -> f64 {
        // Six digits are what it holds; more would show how 0.3 is stored.
        (f64::from(self) * 1e6).round() / 1e6
    }
}
