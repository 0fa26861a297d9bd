//! The time of a room with a limit: when its character is told that the end is near, when it says goodbye, and
//! when the room is over. Time is an argument.

use std::time::Duration;

use crate::brain::brief::Moment;

/// Time after the last word of a goodbye until the room ends; somebody may still say theirs.
pub(super) const AFTER_GOODBYE: Duration = Duration::from_secs(4);

/// What is to be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// The character says goodbye, as soon as it may speak.
    SayGoodbye,
    /// The room is over.
    End,
}

/// A room's clock. All times are since the room began for this worker.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    warns: Option<Duration>,
    closes: Option<Duration>,
    ends: Duration,
    closing: bool,
}

impl Clock {
    /// A clock that ends after `limit`, warns and closes so much before; zero never does.
    pub(super) fn new(limit: Duration, warn_before: Duration, close_before: Duration) -> Self {
        let before = |lead: Duration| (!lead.is_zero()).then(|| limit.saturating_sub(lead));
        Self {
            warns: before(warn_before),
            closes: before(close_before),
            ends: limit,
            closing: false,
        }
    }

    /// The next time at which [`Self::tick`] has something to say.
    pub(super) fn next(&self) -> Duration {
        match self.closes {
            Some(at) if !self.closing => at.min(self.ends),
            _ => self.ends,
        }
    }

    /// What is due at `now`; each deed once, the latest first.
    pub(super) fn tick(&mut self, now: Duration) -> Option<Deed> {
        if now >= self.ends {
            return Some(Deed::End);
        }
        if !self.closing && self.closes.is_some_and(|at| now >= at) {
            self.closing = true;
            return Some(Deed::SayGoodbye);
        }
        None
    }

    /// The talk is to come to its end from `now` on: the goodbye is due, and the end `within` a time at the latest.
    pub(super) fn close(&mut self, now: Duration, within: Duration) {
        if !self.closing {
            self.closes = Some(now);
            self.ends = self.ends.min(now + within);
        }
    }

    /// The goodbye was heard to its end at `now`: the room ends soon, and never later than its limit.
    pub(super) fn goodbye_said(&mut self, now: Duration) {
        if self.closing {
            self.ends = self.ends.min(now + AFTER_GOODBYE);
        }
    }

    /// What the character is to know of the time.
    pub(super) fn moment(&self, now: Duration) -> Moment {
        if self.closing {
            Moment::Closing
        } else if self.warns.is_some_and(|at| now >= at) {
            Moment::Ending
        } else {
            Moment::Running
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn it_warns_closes_and_ends_in_this_order() {
        let mut clock = Clock::new(s(600), s(60), s(20));
        assert_eq!(clock.moment(s(539)), Moment::Running);
        assert_eq!(clock.moment(s(540)), Moment::Ending);
        assert_eq!(clock.next(), s(580));
        assert_eq!(clock.tick(s(579)), None);
        assert_eq!(clock.tick(s(580)), Some(Deed::SayGoodbye));
        assert_eq!(clock.tick(s(581)), None);
        assert_eq!(clock.moment(s(581)), Moment::Closing);
        assert_eq!(clock.next(), s(600));
        assert_eq!(clock.tick(s(600)), Some(Deed::End));
    }

    #[test]
    fn a_goodbye_that_was_heard_ends_the_room_a_little_later() {
        let mut clock = Clock::new(s(600), s(60), s(20));
        clock.goodbye_said(s(100));
        assert_eq!(clock.next(), s(580), "nobody said goodbye yet");
        clock.tick(s(580));
        clock.goodbye_said(s(585));
        assert_eq!(clock.next(), s(585) + AFTER_GOODBYE);
        let mut late = Clock::new(s(600), s(60), s(20));
        late.tick(s(580));
        late.goodbye_said(s(599));
        assert_eq!(late.next(), s(600), "the limit is kept");
    }

    #[test]
    fn a_short_limit_leaves_no_time_unnoticed() {
        let mut clock = Clock::new(s(10), s(60), s(20));
        assert_eq!(clock.moment(s(0)), Moment::Ending);
        assert_eq!(clock.tick(s(0)), Some(Deed::SayGoodbye));
        assert_eq!(clock.tick(s(10)), Some(Deed::End));
    }

    #[test]
    fn a_room_without_an_assignment_only_ends() {
        let mut clock = Clock::new(s(10), s(0), s(0));
        assert_eq!((clock.next(), clock.tick(s(9))), (s(10), None));
        assert_eq!(clock.moment(s(9)), Moment::Running);
        assert_eq!(clock.tick(s(10)), Some(Deed::End));
    }

    #[test]
    fn a_talk_can_be_brought_to_its_end_early() {
        let mut clock = Clock::new(s(600), s(0), s(0));
        clock.close(s(100), s(20));
        assert_eq!(clock.next(), s(100));
        assert_eq!(clock.tick(s(100)), Some(Deed::SayGoodbye));
        assert_eq!(clock.moment(s(100)), Moment::Closing);
        clock.close(s(110), s(20));
        assert_eq!(clock.next(), s(120), "it is closing already");
        clock.goodbye_said(s(105));
        assert_eq!(clock.tick(s(109)), Some(Deed::End));
        let mut late = Clock::new(s(600), s(0), s(0));
        late.close(s(595), s(20));
        late.tick(s(595));
        assert_eq!(late.next(), s(600), "the limit is kept");
    }

    #[test]
    fn a_late_wake_up_ends_without_a_goodbye() {
        let mut clock = Clock::new(s(600), s(60), s(20));
        assert_eq!(clock.tick(s(700)), Some(Deed::End));
    }
}
