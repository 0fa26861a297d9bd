//! One call: who is asked when, and who is given up. Pure; links are numbers, time is an argument.

use std::collections::VecDeque;
use std::time::Duration;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// Ask this link.
    Ask(usize),
    /// It takes too long: drop it.
    GiveUp(usize),
}

#[derive(Debug, Clone, Copy)]
struct Running {
    link: usize,
    asked: Duration,
}

/// A call under way, until its first piece.
#[derive(Debug)]
pub(super) struct Race {
    /// Links that were not asked, in order.
    waiting: VecDeque<usize>,
    running: Vec<Running>,
    /// From the question to when a link is given up, as long as there is another.
    patience: Duration,
    /// When the next link is asked as well; once in a call.
    hedge_at: Option<Duration>,
}

impl Race {
    /// A call to `order`, most wanted first. The first is late after `late_after`, and given up after `patience`.
    pub(super) fn new(
        order: impl IntoIterator<Item = usize>,
        now: Duration,
        late_after: Duration,
        patience: Duration,
    ) -> Self {
        Self {
            waiting: order.into_iter().collect(),
            running: Vec::new(),
            patience,
            hedge_at: Some(now + late_after),
        }
    }

    /// The first question.
    pub(super) fn begin(&mut self, now: Duration) -> Option<Deed> {
        self.ask_next(now)
    }

    /// A link failed; the next one is asked unless another is under way.
    pub(super) fn failed(&mut self, now: Duration, link: usize) -> Option<Deed> {
        self.running.retain(|running| running.link != link);
        self.running.is_empty().then(|| self.ask_next(now)).flatten()
    }

    /// Whether an answer is late, and another link could be asked as well.
    pub(super) fn is_late(&self, now: Duration) -> bool {
        !self.waiting.is_empty() && self.hedge_at.is_some_and(|at| at <= now)
    }

    /// Time has passed; `may_hedge` says whether a late answer may be asked for twice.
    pub(super) fn wake(&mut self, now: Duration, may_hedge: bool) -> Vec<Deed> {
        let mut deeds = Vec::new();
        while let Some(late) = self.overdue(now) {
            self.running.retain(|running| running.link != late);
            deeds.push(Deed::GiveUp(late));
            if self.running.is_empty() {
                deeds.extend(self.ask_next(now));
            }
        }
        if self.hedge_at.take_if(|at| *at <= now).is_some() && may_hedge {
            deeds.extend(self.ask_next(now));
        }
        deeds
    }

    /// When [`Self::wake`] has something to do.
    pub(super) fn next_wake(&self) -> Option<Duration> {
        let hedge = self.hedge_at.filter(|_| !self.waiting.is_empty());
        let overdue = self.running.iter().map(|running| running.asked + self.patience);
        overdue.filter(|_| self.has_another()).chain(hedge).min()
    }

    /// Whether nobody is left.
    pub(super) fn is_lost(&self) -> bool {
        self.running.is_empty() && self.waiting.is_empty()
    }

    /// The last one that is left is not given up: whatever it says is better than nothing, and it has deadlines of
    /// its own.
    fn has_another(&self) -> bool {
        self.running.len() + self.waiting.len() > 1
    }

    fn overdue(&self, now: Duration) -> Option<usize> {
        let is_overdue = |running: &&Running| running.asked + self.patience <= now;
        let overdue = self.running.iter().find(is_overdue).map(|running| running.link);
        overdue.filter(|_| self.has_another())
    }

    fn ask_next(&mut self, now: Duration) -> Option<Deed> {
        let link = self.waiting.pop_front()?;
        self.running.push(Running { link, asked: now });
        Some(Deed::Ask(link))
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn race(links: usize) -> Race {
        let mut race = Race::new(0..links, ms(0), ms(300), ms(4_000));
        assert_eq!(race.begin(ms(0)), Some(Deed::Ask(0)));
        race
    }

    #[test]
    fn a_failure_asks_the_next() {
        let mut race = race(2);
        assert_eq!(race.failed(ms(100), 0), Some(Deed::Ask(1)));
        assert_eq!(race.failed(ms(200), 1), None);
        assert!(race.is_lost());
    }

    #[test]
    fn a_late_answer_is_asked_for_as_well_once() {
        let mut race = race(3);
        assert_eq!(race.next_wake(), Some(ms(300)));
        assert!(race.is_late(ms(300)));
        assert_eq!(race.wake(ms(300), true), [Deed::Ask(1)]);
        assert!(!race.is_late(ms(9_000)));
        assert_eq!(race.failed(ms(400), 0), None, "the other one is under way");
        assert_eq!(race.failed(ms(500), 1), Some(Deed::Ask(2)));
    }

    #[test]
    fn without_a_budget_patience_decides() {
        let mut race = race(2);
        assert_eq!(race.wake(ms(300), false), []);
        assert_eq!(race.next_wake(), Some(ms(4_000)));
        assert_eq!(race.wake(ms(4_000), false), [Deed::GiveUp(0), Deed::Ask(1)]);
        assert_eq!(race.next_wake(), None, "the last one is waited for");
    }

    #[test]
    fn a_single_link_is_neither_hurried_nor_given_up() {
        let mut race = race(1);
        assert_eq!(race.next_wake(), None);
        assert_eq!(race.wake(ms(60_000), true), []);
    }

    /// Whatever fails whenever: every link is asked at most once, two at most at a time, all of them before the call
    /// is lost, and the clock never stands still.
    #[test]
    fn its_promises_hold_for_random_calls() {
        for seed in 0..2_000 {
            let mut chance = StdRng::seed_from_u64(seed);
            let links = chance.random_range(1..5_usize);
            let mut race = Race::new(0..links, ms(0), ms(chance.random_range(0..600)), ms(1_000));
            let (mut now, mut asked, mut under_way) = (ms(0), Vec::new(), Vec::new());
            let mut deeds: Vec<Deed> = race.begin(now).into_iter().collect();
            for step in 0..100 {
                for deed in deeds.drain(..) {
                    match deed {
                        Deed::Ask(link) => {
                            assert!(!asked.contains(&link), "seed {seed}: {link} is asked twice");
                            asked.push(link);
                            under_way.push(link);
                        }
                        Deed::GiveUp(link) => under_way.retain(|running| *running != link),
                    }
                }
                assert!(under_way.len() <= 2, "seed {seed}: {under_way:?}");
                assert_eq!(
                    race.is_lost(),
                    under_way.is_empty(),
                    "seed {seed}: nobody is asked"
                );
                if race.is_lost() {
                    assert_eq!(asked.len(), links, "seed {seed}: lost too early");
                    break;
                }
                assert!(step < 99, "seed {seed}: it does not end");
                let fails = chance.random_bool(0.5);
                match race.next_wake().filter(|_| !fails) {
                    Some(at) => {
                        assert!(at >= now, "seed {seed}: a wake-up that is past");
                        now = at;
                        let may_hedge = race.is_late(now) && chance.random_bool(0.5);
                        deeds = race.wake(now, may_hedge);
                        assert!(race.next_wake() != Some(at), "seed {seed}: it stands still");
                    }
                    None => {
                        let link = under_way.remove(chance.random_range(0..under_way.len()));
                        deeds = race.failed(now, link).into_iter().collect();
                    }
                }
            }
        }
    }
}
