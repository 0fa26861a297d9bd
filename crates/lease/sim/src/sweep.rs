//! Many rooms on all cores.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use troupe_lease::Fault;

use crate::{Report, Violation, run};

/// Failures after which no more are looked for.
const FAILURES_MAX: usize = 20;

/// Seeds to play.
#[derive(Debug, Clone, Copy)]
pub struct Sweep {
    /// The first seed.
    pub from: u64,
    /// How many.
    pub seeds: u64,
    /// On how many threads.
    pub threads: usize,
    /// A fault that the decisions have.
    pub fault: Option<Fault>,
    /// Failures after which to stop; at most twenty are looked for.
    pub failures_max: usize,
}

/// A fleet in which something happened that should not have.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Its seed.
    pub seed: u64,
    /// What.
    pub violation: Violation,
}

/// How far a sweep has come.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// Seeds played.
    pub played: u64,
    /// Sums over clean runs.
    pub report: Report,
    /// Failures so far, by seed.
    pub failures: Vec<Failure>,
}

impl Sweep {
    /// So many seeds from the first on, on all cores, with a sound lease.
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
    pub fn play(&self, tell: impl Fn(&Progress) + Sync) -> Progress {
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

    fn work(&self, next: &AtomicU64, progress: &Mutex<Progress>, tell: &(impl Fn(&Progress) + Sync)) {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= self.seeds {
                return;
            }
            let seed = self.from + index;
            let result = run(seed, self.fault);
            let Ok(mut progress) = progress.lock() else { return };
            if progress.failures.len() >= self.failures_max.min(FAILURES_MAX) {
                return;
            }
            progress.played += 1;
            match result {
                Ok(report) => progress.report.add(&report),
                Err(violation) => progress.failures.push(Failure { seed, violation }),
            }
            tell(&progress);
        }
    }
}
