//! How one speaker pauses within a turn.

use std::time::Duration;

/// What a speaker of whom nothing is known pauses within a turn, s.
const USUAL_S: f32 = 0.35;
/// Pauses that the usual one counts for: a few real ones outweigh it.
const USUAL_WEIGHT: f32 = 3.0;
/// Share that an older pause keeps with each new one, so that about the last eight count.
const KEPT: f32 = 0.88;
/// A longer pause counts as this long, s: one interruption from elsewhere is no habit.
const COUNTED_MAX_S: f32 = 1.5;
/// A shorter one counts as this long, s.
const COUNTED_MIN_S: f32 = 0.1;

/// The speaker's pauses so far, as a weighted mean of their logarithms.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Habits {
    log_sum: f32,
    weight: f32,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            log_sum: USUAL_WEIGHT * USUAL_S.ln(),
            weight: USUAL_WEIGHT,
        }
    }
}

impl Habits {
    /// Learns of a pause after which the speaker went on.
    pub fn paused(&mut self, pause: Duration) {
        let counted = pause.as_secs_f32().clamp(COUNTED_MIN_S, COUNTED_MAX_S);
        self.log_sum = self.log_sum * KEPT + counted.ln();
        self.weight = self.weight * KEPT + 1.0;
    }

    /// How long this speaker pauses against the usual one: 1.0 alike, 2.0 twice as long.
    pub fn stretch(&self) -> f32 {
        (self.log_sum / self.weight).exp() / USUAL_S
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_pauses_make_a_habit_and_old_ones_fade() {
        let mut habits = Habits::default();
        assert!((habits.stretch() - 1.0).abs() < 1e-5);
        for _ in 0..8 {
            habits.paused(Duration::from_millis(1000));
        }
        let slow = habits.stretch();
        assert!(slow > 2.0 && slow < 3.0, "{slow}");
        for _ in 0..40 {
            habits.paused(Duration::from_millis(350));
        }
        assert!((habits.stretch() - 1.0).abs() < 0.05);
        habits.paused(Duration::from_secs(600));
        assert!(habits.stretch() < 1.6, "one endless pause is no habit");
    }
}
