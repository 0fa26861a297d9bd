//! When the ways that are not taken are checked. Pure: time is an argument.
//!
//! ICE checks every pair of candidates each few seconds for as long as the connection lasts, and the other side checks
//! back: with the handful of pairs that two machines have, most packets beside the audio are checks of ways that nobody
//! needs. Once one has carried the connection for a while the others are given up. When it stops answering they are
//! taken up again, long before ICE takes it for lost.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use super::wire::Way;

/// By then every other way has been checked, and a better one would have been taken.
const SETTLED_AFTER: Duration = Duration::from_secs(10);

/// Each time that the others are taken up again it takes twice as long until they are given up, and this at most: ICE
/// keeps a little of each time.
const SETTLED_AFTER_MAX: Duration = Duration::from_secs(600);

/// The longest that a way which works goes without an answer: it is checked each 3 s, and once more 3 s later where a
/// check or its answer was lost.
const ANSWERS_WITHIN: Duration = Duration::from_secs(8);

/// What is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SparesDue {
    /// Check this way alone.
    GiveUp(Way),
    /// Check the others as well again.
    TakeUp(Way),
}

/// The machine.
#[derive(Debug)]
pub(super) struct Spares {
    way: Option<Way>,
    /// When that became the way, or when what was due was last done.
    since: Instant,
    answered: Option<Instant>,
    /// The one that is checked alone.
    alone: Option<Way>,
    settled_after: Duration,
}

impl Spares {
    /// All ways are checked, and none is taken.
    pub(super) fn new(now: Instant) -> Self {
        Self {
            way: None,
            since: now,
            answered: None,
            alone: None,
            settled_after: SETTLED_AFTER,
        }
    }

    /// This way is taken; `None` if it is one beside which others are not given up.
    pub(super) fn on_way(&mut self, now: Instant, way: Option<Way>) {
        if self.way != way {
            (self.way, self.since, self.answered) = (way, now, None);
        }
    }

    /// A check that went out at `own` was answered from there. Several ways may lead to the same address.
    pub(super) fn on_answer(&mut self, now: Instant, own: SocketAddr, from: SocketAddr) {
        if self
            .way
            .is_some_and(|way| way.source == own && way.destination == from)
        {
            self.answered = Some(now);
        }
    }

    /// When to ask what is due.
    pub(super) fn deadline(&self) -> Option<Instant> {
        if self.alone.is_some() {
            // Another way than the one that is checked is taken: that is due at once.
            Some(self.answered.map_or(self.since, |at| at + ANSWERS_WITHIN))
        } else {
            self.way.map(|_| self.since + self.settled_after)
        }
    }

    /// Takes the time; the answer is what is due.
    pub(super) fn timeout(&mut self, now: Instant) -> Option<SparesDue> {
        if self.deadline().is_none_or(|at| at > now) {
            return None;
        }
        self.since = now;
        if let Some(alone) = self.alone.take() {
            self.settled_after = (self.settled_after * 2).min(SETTLED_AFTER_MAX);
            return Some(SparesDue::TakeUp(alone));
        }
        let answers = self.answered.is_some_and(|at| now < at + ANSWERS_WITHIN);
        self.alone = self.way.filter(|_| answers);
        self.alone.map(SparesDue::GiveUp)
    }
}

#[cfg(test)]
mod tests {
    use std::iter;

    use super::*;
    use crate::net::Carrier;

    fn way(port: u16) -> Way {
        Way {
            carrier: Carrier::Udp,
            source: SocketAddr::from(([192, 0, 2, 1], 1)),
            destination: SocketAddr::from(([192, 0, 2, 2], port)),
        }
    }

    /// What was due, and after how many seconds; `answers` says whether a check in that second is answered.
    fn run(
        spares: &mut Spares,
        start: Instant,
        seconds: std::ops::Range<u64>,
        answers: bool,
    ) -> Vec<(u64, SparesDue)> {
        seconds
            .flat_map(|second| {
                let now = start + Duration::from_secs(second);
                if answers && second % 3 == 0 {
                    spares.on_answer(now, way(1).source, way(1).destination);
                }
                iter::from_fn(|| spares.timeout(now))
                    .map(move |due| (second, due))
                    .collect::<Vec<_>>()
            })
            .collect()
    }

    #[test]
    fn others_are_given_up_while_the_way_answers() {
        let start = Instant::now();
        let mut spares = Spares::new(start);
        assert_eq!(run(&mut spares, start, 0..100, true), [], "there is no way yet");
        spares.on_way(start, Some(way(1)));
        assert_eq!(
            run(&mut spares, start, 0..100, true),
            [(10, SparesDue::GiveUp(way(1)))]
        );
        // The last answer came after 99 s. While nothing answers they stay.
        assert_eq!(
            run(&mut spares, start, 100..200, false),
            [(107, SparesDue::TakeUp(way(1)))]
        );
        // The next look comes 20 s after the one before.
        let again = run(&mut spares, start, 200..300, true);
        assert_eq!(again, [(207, SparesDue::GiveUp(way(1)))]);
    }

    #[test]
    fn another_way_to_the_same_address_does_not_answer_for_it() {
        let start = Instant::now();
        let mut spares = Spares::new(start);
        spares.on_way(start, Some(way(1)));
        let now = start + SETTLED_AFTER;
        spares.on_answer(now, SocketAddr::from(([192, 0, 2, 3], 1)), way(1).destination);
        assert_eq!(spares.timeout(now), None);
    }

    #[test]
    fn another_way_is_taken_for_a_while_first() {
        let start = Instant::now();
        let mut spares = Spares::new(start);
        spares.on_way(start, Some(way(1)));
        assert_eq!(run(&mut spares, start, 0..9, true), []);
        let then = start + Duration::from_secs(9);
        spares.on_way(then, Some(way(2)));
        spares.on_way(then, Some(way(1)));
        assert_eq!(
            run(&mut spares, start, 9..30, true),
            [(19, SparesDue::GiveUp(way(1)))]
        );
        spares.on_way(start + Duration::from_secs(30), Some(way(2)));
        assert_eq!(
            run(&mut spares, start, 30..31, false),
            [(30, SparesDue::TakeUp(way(1)))]
        );
        spares.on_way(start + Duration::from_secs(31), None);
        assert_eq!(
            run(&mut spares, start, 31..100, true),
            [],
            "a relay is not settled for"
        );
    }
}
