//! How much of its time each local model works: what says whether another room can be served in time.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

/// Time over which it is the mean, with what is older counting less. Longer: a room that begins to talk is noticed later.
const OVER: Duration = Duration::from_secs(20);

/// Who waits for what a model does, the most urgent last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Need {
    /// Nobody: it does nothing.
    #[default]
    Nobody,
    /// Somebody who hears or reads something else meanwhile.
    Later,
    /// Somebody who sits in silence.
    Now,
}

/// The share of its time that one model works. Pure.
#[derive(Debug, Default)]
struct Share {
    share: f64,
    at: Option<Instant>,
    need: Need,
}

impl Share {
    fn look(&mut self, now: Instant) -> f64 {
        let since = self
            .at
            .map_or(Duration::ZERO, |at| now.saturating_duration_since(at));
        let kept = (-since.as_secs_f64() / OVER.as_secs_f64()).exp();
        let worked = if self.need > Need::Nobody { 1.0 - kept } else { 0.0 };
        self.share = self.share * kept + worked;
        self.at = Some(now);
        self.share
    }

    fn set(&mut self, now: Instant, need: Need) {
        self.look(now);
        self.need = need;
    }
}

/// How busy one model is; clones mean the same one.
#[derive(Debug, Clone, Default)]
pub(super) struct Busy(Arc<Mutex<Share>>);

impl Busy {
    /// It begins to work, until what is answered is dropped.
    pub(super) fn work(&self, need: Need) -> Working<'_> {
        self.set(need);
        Working(self)
    }

    fn set(&self, need: Need) {
        let mut share = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        share.set(Instant::now(), need);
    }
}

/// A model at work.
pub(super) struct Working<'a>(&'a Busy);

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.set(Need::Nobody);
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

    /// How urgent the work is that models but `this` one do right now.
    pub(super) fn need_of_others(&self, this: &Busy) -> Need {
        let models = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let others = models
            .iter()
            .filter_map(Weak::upgrade)
            .filter(|other| !Arc::ptr_eq(other, &this.0));
        others
            .into_iter()
            .map(|other| other.lock().unwrap_or_else(PoisonError::into_inner).need)
            .max()
            .unwrap_or_default()
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
            share.set(at(second * 10), Need::Later);
            share.set(at(second * 10 + 5), Need::Nobody);
        }
        let half = share.look(at(1_200));
        assert!((half - 0.5).abs() < 0.02, "{half}");
        assert!(share.look(at(1_800)) < 0.03);
        share.set(at(1_800), Need::Now);
        let stuck = share.look(at(3_000));
        assert!(stuck > 0.99, "one job without an end: {stuck}");
    }

    #[test]
    fn the_busiest_counts_and_one_that_is_gone_does_not() {
        let (models, busy) = (Models::default(), Busy::default());
        models.add(&Busy::default());
        models.add(&busy);
        assert_eq!(models.busiest(), 0.0);
        let work = busy.work(Need::Now);
        assert!(models.busiest() >= 0.0);
        assert_eq!(models.need_of_others(&Busy::default()), Need::Now);
        assert_eq!(models.need_of_others(&busy), Need::Nobody);
        drop(work);
        assert_eq!(models.need_of_others(&Busy::default()), Need::Nobody);
        drop(busy);
        assert_eq!(models.busiest(), 0.0);
    }
}
