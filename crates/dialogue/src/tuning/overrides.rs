//! Thresholds of a room or of one character that differ from the usual ones.

use std::collections::BTreeMap;

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
