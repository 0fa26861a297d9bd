//! Thresholds of a room or of one character that differ from the usual ones.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Threshold, Tuning, TuningError};

/// Some thresholds with values of their own.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overrides(BTreeMap<&'static str, f64>);

impl Overrides {
    /// Overrides one threshold, in its unit.
    ///
    /// # Errors
    /// When there is no such threshold or the value lies outside its bounds.
    pub fn set(&mut self, name: &str, value: f64) -> Result<(), TuningError> {
        let threshold = Threshold::named(name)?;
        if !(threshold.min..=threshold.max).contains(&value) {
            return Err(TuningError::OutOfBounds { threshold, value });
        }
        self.0.insert(threshold.name, value);
        Ok(())
    }

    /// What a voice needs that works for this long on a few words before any of them sounds: it begins with just so many
    /// that something is heard meanwhile. Nothing differs for a voice that the usual thresholds suit.
    #[must_use]
    pub fn of_voice(clause: Duration) -> Self {
        let needed = clause.as_secs_f64() * 1000.0;
        let longer = ["first_sound", "running_dry"]
            .into_iter()
            .filter_map(|name| Threshold::named(name).ok())
            .filter(|threshold| threshold.default < needed)
            .map(|threshold| (threshold.name, needed.min(threshold.max)));
        let mut own = Self(longer.collect());
        if !own.is_empty() {
            // Each further word would be waited for twice: until it is written, and until it is spoken.
            own.0.insert("first_clause", 0.0);
        }
        own
    }

    /// Takes over what `others` override.
    pub fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Whether nothing differs.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Threshold {
    /// The threshold of that name.
    ///
    /// # Errors
    /// When there is none.
    pub fn named(name: &str) -> Result<Self, TuningError> {
        let found = Tuning::TABLE.iter().find(|threshold| threshold.name == name);
        found.copied().ok_or_else(|| TuningError::Unknown {
            name: name.to_owned(),
        })
    }
}

impl Tuning {
    /// These thresholds with some overridden.
    #[must_use]
    pub fn with(mut self, overrides: &Overrides) -> Self {
        for (name, value) in &overrides.0 {
            self.put(name, *value);
        }
        self
    }
}
