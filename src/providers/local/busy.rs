//! How much of its time each local model works: what says whether another room can be served in time.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// Time over which it is the mean, with what is older counting less. Longer: a room that begins to talk is noticed later.
const OVER: Duration = Duration::from_secs(20);

/// The share of its time that one model works. Pure.
#[derive(Debug, Default)]
struct Share {
    share: f64,
    at: Option<Instant>,
    is_working: bool,
}

impl Share {
    fn look(&mut self, now: Instant) -> f64 {
        let since = self
            .at
            .map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        let kept = (-since.as_secs_f64() / OVER.as_secs_f64()).exp();
        let worked = if self.is_working { 1.0 - kept } else { 0.0 };
        self.share = self.share * kept + worked;
        self.at = Some(now);
        self.share
    }

    fn set(&mut self, now: Instant, is_working: bool) {
        self.look(now);
        self.is_working = is_working;
    }
}

/// How busy one model is; clones mean the same one.
#[derive(Debug, Clone, Default)]
pub(super) struct Busy(Arc<Mutex<Share>>);

impl Busy {
    /// It begins to work, until what is answered is dropped.
    pub(super) fn work(&self) -> Working<'_> {
        self.set(true);
        Working(self)
    }

    fn set(&self, is_working: bool) {
        let mut share = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        share.set(Instant::now(), is_working);
    }
}

/// A model at work.
pub(super) struct Working<'a>(&'a Busy);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// The models of a process that are loaded, each for as long as it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Models(Arc<Mutex<Vec<Weak<Mutex<Share>>>>>);

impl Models {
    pub(super) fn add(&self, busy: &Busy) {
        let mut models = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        models.retain(|model| model.strong_count() > 0);
        models.push(Arc::downgrade(&busy.0));
    }

    /// Whether a model but `this` one works right now.
    pub(super) fn is_other_at_work(&self, this: &Busy) -> bool {
        let models = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let others = models
            .iter()
            .filter_map(Weak::upgrade)
            .filter(|other| !Arc::ptr_eq(other, &this.0));
        others
            .into_iter()
            .any(|other| other.lock().unwrap_or_else(PoisonError::into_inner).is_working)
    }

    /// The share of its time that the busiest one works, 0.0–1.0.
    pub(super) fn busiest(&self) -> f64 {
        let models = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let shares = models.iter().filter_map(Weak::upgrade);
        shares
            .map(|share| share.lock().unwrap_or_else(PoisonError::into_inner).look(now))
            .fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_that_works_half_the_time_is_half_busy_and_rests_when_it_is_done() {
        let began = Instant::now();
        let at = |tenths: u64| began + Duration::from_millis(100 * tenths);
        let mut share = Share::default();
        for second in 0..120 {
            share.set(at(second * 10), true);
            share.set(at(second * 10 + 5), false);
        }
        let half = share.look(at(1_200));
        assert!((half - 0.5).abs() < 0.02, "{half}");
        assert!(share.look(at(1_800)) < 0.03);
        share.set(at(1_800), true);
        let stuck = share.look(at(3_000));
        assert!(stuck > 0.99, "one job without an end: {stuck}");
    }

    #[test]
    fn the_busiest_counts_and_one_that_is_gone_does_not() {
        let (models, busy) = (Models::default(), Busy::default());
        models.add(&Busy::default());
        models.add(&busy);
        assert_eq!(models.busiest(), 0.0);
        let work = busy.work();
        assert!(models.busiest() >= 0.0);
        assert!(models.is_other_at_work(&Busy::default()) && !models.is_other_at_work(&busy));
        drop(work);
        assert!(!models.is_other_at_work(&Busy::default()));
        drop(busy);
        assert_eq!(models.busiest(), 0.0);
    }
}
