//! Whether a model is asked at all: closed → open after failures → one probe → closed or open for longer. Pure; time
//! is an argument, counted from any moment.

use std::collections::VecDeque;
use std::time::Duration;

/// Failures within [`WINDOW`] after which a model is left alone.
const FAILURES_MAX: usize = 3;
/// Time in which failures count together.
const WINDOW: Duration = Duration::from_secs(30);
/// How long it is left alone the first time; doubled each time that the probe fails too.
const REST: Duration = Duration::from_secs(5);
/// The longest time.
const REST_MAX: Duration = Duration::from_secs(60);
/// How long after a failure others are asked first although this one is not left alone yet.
const SHAKEN_FOR: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It is asked.
    Closed,
    /// It is left alone until then; the first one to ask after that is the probe.
    Open { until: Duration },
    /// The probe is under way.
    Probing,
}

/// The breaker of one model.
#[derive(Debug)]
pub(super) struct Breaker {
    state: State,
    /// The latest failures while closed, oldest first; at most [`FAILURES_MAX`].
    failures: VecDeque<Duration>,
    /// Times that it was opened without a success in between.
    openings: u32,
}

impl Default for Breaker {
    fn default() -> Self {
        Self {
            state: State::Closed,
            failures: VecDeque::with_capacity(FAILURES_MAX),
            openings: 0,
        }
    }
}

impl Breaker {
    /// Whether the model may be asked now.
    pub(super) fn admits(&self, now: Duration) -> bool {
        match self.state {
            State::Closed => true,
            State::Open { until } => now >= until,
            State::Probing => false,
        }
    }

    /// Whether it has just failed, so that others are asked first.
    pub(super) fn is_shaken(&self, now: Duration) -> bool {
        self.failures.back().is_some_and(|at| now < *at + SHAKEN_FOR)
    }

    /// It is being asked.
    pub(super) fn asked(&mut self, now: Duration) {
        if matches!(self.state, State::Open { until } if now >= until) {
            self.state = State::Probing;
        }
    }

    /// It delivered.
    pub(super) fn succeeded(&mut self) {
        if self.state != State::Closed {
            self.failures.clear();
        }
        self.state = State::Closed;
        self.openings = 0;
    }

    /// It failed; answers whether it is left alone because of that.
    pub(super) fn failed(&mut self, now: Duration) -> bool {
        match self.state {
            State::Probing => self.open(now),
            // Asked before it was left alone: nothing new.
            State::Open { .. } => return false,
            State::Closed => {
                self.failures.retain(|at| now.saturating_sub(*at) < WINDOW);
                self.failures.push_back(now);
                if self.failures.len() < FAILURES_MAX {
                    return false;
                }
                self.open(now);
            }
        }
        true
    }

    /// It was asked, and nobody waited for the answer: nothing is known.
    pub(super) fn abandoned(&mut self, now: Duration) {
        if self.state == State::Probing {
            self.state = State::Open { until: now };
        }
    }

    fn open(&mut self, now: Duration) {
        let rest = REST.saturating_mul(1 << self.openings.min(8)).min(REST_MAX);
        self.openings += 1;
        self.failures.clear();
        self.state = State::Open { until: now + rest };
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn it_opens_probes_and_closes() {
        let mut breaker = Breaker::default();
        assert!(!breaker.failed(s(0)) && !breaker.failed(s(1)) && breaker.admits(s(1)));
        assert!(breaker.failed(s(2)), "the third failure opens it");
        assert!(!breaker.admits(s(6)) && breaker.admits(s(7)));
        breaker.asked(s(7));
        assert!(!breaker.admits(s(8)), "one probe at a time");
        assert!(breaker.failed(s(8)));
        assert!(!breaker.admits(s(17)) && breaker.admits(s(18)), "twice as long");
        breaker.asked(s(18));
        breaker.succeeded();
        assert!(breaker.admits(s(18)));
        assert!(!breaker.failed(s(19)), "it starts from nothing");
    }

    #[test]
    fn failures_far_apart_do_not_add_up() {
        let mut breaker = Breaker::default();
        for at in 0..20 {
            assert!(!breaker.failed(s(at * 16)), "{at}");
        }
    }

    #[test]
    fn who_has_just_failed_is_asked_later() {
        let mut breaker = Breaker::default();
        breaker.failed(s(10));
        assert!(breaker.is_shaken(s(11)) && !breaker.is_shaken(s(12)));
    }

    #[test]
    fn a_probe_that_nobody_waits_for_is_repeated() {
        let mut breaker = Breaker::default();
        (0..3).for_each(|at| {
            breaker.failed(s(at));
        });
        breaker.asked(s(10));
        breaker.abandoned(s(11));
        assert!(breaker.admits(s(11)));
    }

    /// Whatever happens in whatever order: it rests between 5 s and 60 s at a time, never has two probes, opens only
    /// after three failures within 30 s of each other or a failed probe, and a success admits at once.
    #[test]
    fn its_promises_hold_for_random_histories() {
        for seed in 0..500 {
            let mut chance = StdRng::seed_from_u64(seed);
            let mut breaker = Breaker::default();
            let (mut now, mut recent, mut probing) = (Duration::ZERO, Vec::<Duration>::new(), false);
            for step in 0..200 {
                let what = format!("seed {seed}, step {step}");
                now += Duration::from_millis(chance.random_range(0..8_000));
                let was_open = matches!(breaker.state, State::Open { .. });
                match chance.random_range(0..10) {
                    0..=3 if breaker.admits(now) => {
                        breaker.asked(now);
                        assert!(!(probing && was_open), "{what}: two probes");
                        probing = was_open;
                    }
                    0..=6 => {
                        let opens = breaker.failed(now);
                        recent.retain(|at| now - *at < WINDOW);
                        recent.push(now);
                        assert!(
                            !opens || probing || recent.len() >= FAILURES_MAX,
                            "{what}: too early"
                        );
                        if opens {
                            let State::Open { until } = breaker.state else {
                                unreachable!("{what}: it said that it opens")
                            };
                            assert!((REST..=REST_MAX).contains(&(until - now)), "{what}");
                            assert!(!breaker.admits(now) && breaker.admits(until), "{what}");
                            recent.clear();
                            probing = false;
                        }
                    }
                    7 => {
                        breaker.abandoned(now);
                        probing = false;
                    }
                    _ => {
                        breaker.succeeded();
                        assert!(breaker.admits(now), "{what}: a success admits");
                        probing = false;
                    }
                }
            }
        }
    }
}
