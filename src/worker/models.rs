//! Local models: a worker whose models could not serve another room in time takes none.

use std::sync::Arc;
use std::time::Duration;

use super::health::Readiness;
use super::metrics::Metrics;
use crate::providers::Registry;

/// Share of its time that a model may be expected to work once another room is here, in percent. Above it jobs wait for
/// each other longer than they take; larger: more rooms, later answers.
const HIGH_PERCENT: f64 = 60.0;
/// Share below which rooms are taken again.
const LOW_PERCENT: f64 = 50.0;
/// How often it is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Whether the models have time for another room. Pure.
#[derive(Debug, Default)]
struct Demand {
    is_high: bool,
}

impl Demand {
    /// Takes in how busy the busiest model is (0.0–1.0) with so many rooms. Another room is expected to take as much as
    /// each of these; with none there is nothing to expect, and one is always taken.
    fn look(&mut self, busy: f64, rooms: i64) -> bool {
        let limit = if self.is_high { LOW_PERCENT } else { HIGH_PERCENT };
        self.is_high = rooms > 0 && busy * 100.0 * (rooms + 1) as f64 / rooms as f64 >= limit;
        self.is_high
    }
}

/// Looks after the models for as long as it runs.
pub(super) async fn watch(readiness: Readiness, metrics: Metrics, registry: Arc<Registry>) {
    let mut demand = Demand::default();
    loop {
        let was_high = demand.is_high;
        let (busy, rooms) = (registry.busy(), metrics.played());
        let is_high = demand.look(busy, rooms);
        if is_high != was_high {
            let percent = (busy * 100.0).round();
            if is_high {
                tracing::warn!(percent, rooms, "local models are busy: take no more rooms");
            } else {
                tracing::info!(percent, rooms, "local models have time again: take rooms");
            }
            readiness.set_short_of_models(is_high);
        }
        metrics.busy_models(busy, is_high);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_room_is_refused_before_it_would_be_served_late() {
        let mut demand = Demand::default();
        for (busy, rooms, is_high) in [
            (0.0, 0, false),
            (1.0, 0, false),
            (0.25, 1, false),
            (0.31, 1, true),
            (0.27, 1, true),
            (0.2, 1, false),
            (0.45, 4, false),
            (0.5, 4, true),
            (0.5, 0, false),
        ] {
            assert_eq!(demand.look(busy, rooms), is_high, "{busy} {rooms}");
        }
    }
}
