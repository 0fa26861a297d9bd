//! Many seeds on all cores.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::Play;

/// Failures after which no more are looked for.
const FAILURES_MAX: usize = 20;

/// Seeds to play.
#[derive(Debug)]
pub struct Sweep<P: Play> {
    /// The first seed.
    pub from: u64,
    /// How many.
    pub seeds: u64,
    /// On how many threads.
    pub threads: usize,
    /// A fault that is planted.
    pub fault: Option<P::Fault>,
    /// Failures after which to stop; at most twenty are looked for.
    pub failures_max: usize,
}

/// A run in which something happened that should not have.
#[derive(Debug)]
pub struct Failure<P: Play> {
    /// Its seed.
    pub seed: u64,
    /// What.
    pub violation: P::Violation,
}

/// How far a sweep has come.
#[derive(Debug)]
pub struct Progress<P: Play> {
    /// Seeds played.
    pub played: u64,
    /// Sums over clean runs.
    pub report: P::Report,
    /// Failures so far, by seed.
    pub failures: Vec<Failure<P>>,
}

impl<P: Play> Default for Progress<P> {
    fn default() -> Self {
        Self {
            played: 0,
            report: P::Report::default(),
            failures: Vec::new(),
        }
    }
}

impl<P: Play> Sweep<P> {
    /// So many seeds from the first on, on all cores, without a fault.
    pub fn of(seeds: u64) -> Self {
        Self {
            from: 0,
            seeds,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            fault: None,
            failures_max: FAILURES_MAX,
        }
    }

    /// Plays them; `tell` hears of every failure and now and then of the progress.
    pub fn play(&self, tell: impl Fn(&Progress<P>) + Sync) -> Progress<P> {
        let next = AtomicU64::new(0);
        let progress = Mutex::new(Progress::default());
        std::thread::scope(|scope| {
            for _ in 0..self.threads.max(1) {
                scope.spawn(|| self.work(&next, &progress, &tell));
            }
        });
        let mut progress = progress.into_inner().unwrap_or_default();
        progress.failures.sort_by_key(|failure| failure.seed);
        progress
    }

    fn work(&self, next: &AtomicU64, progress: &Mutex<Progress<P>>, tell: &(impl Fn(&Progress<P>) + Sync)) {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= self.seeds {
                return;
            }
            let seed = self.from + index;
            let result = P::run(seed, self.fault);
            let Ok(mut progress) = progress.lock() else { return };
            if progress.failures.len() >= self.failures_max.min(FAILURES_MAX) {
                return;
            }
            progress.played += 1;
            match result {
                Ok(report) => P::add(&mut progress.report, &report),
                Err(violation) => progress.failures.push(Failure { seed, violation }),
            }
            tell(&progress);
        }
    }
}
