//! What a room costs, and what it may: when that is nearly and when it is wholly used up. Pure.

use std::time::Duration;

use crate::providers::{Costs, Spending, Units};

/// Share of its budget from which a room is near its end.
const NEAR: f64 = 0.8;
/// Longest wait for a pause in which the talk can come to its end. Answers are paid for before they are heard: the one that
/// used up the budget is heard too.
const PAUSE_WITHIN: Duration = Duration::from_secs(20);

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// Say that most of it is used.
    Warn,
    /// Nothing is left.
    UsedUp,
}

/// One room's money.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Budget {
    spending: Spending,
    spent: Costs,
    is_near: bool,
    is_used_up: bool,
    /// When the talk comes to its end at the latest, until it does.
    closes_by: Option<Duration>,
}

impl Budget {
    pub(super) fn new(spending: Spending) -> Self {
        Self {
            spending,
            ..Self::default()
        }
    }

    /// What the room has cost so far.
    pub(super) fn spent(&self) -> Costs {
        self.spent
    }

    /// When the talk is to come to its end, if it is not before.
    pub(super) fn next(&self) -> Option<Duration> {
        self.closes_by
    }

    /// Whether the talk comes to its end now; once.
    pub(super) fn closes(&mut self, now: Duration, is_pause: bool) -> bool {
        self.closes_by.take_if(|by| is_pause || *by <= now).is_some()
    }

    /// Takes in what was used up to `now`. Answers what it cost since the last time, and what is due; each deed once.
    pub(super) fn take_in(&mut self, now: Duration, units: &Units) -> (Costs, Option<Deed>) {
        let costs = units.costs(&self.spending.prices);
        let since = Costs {
            hearing: costs.hearing - self.spent.hearing,
            writing: costs.writing - self.spent.writing,
            speaking: costs.speaking - self.spent.speaking,
        };
        self.spent = costs;
        (since, self.due(now))
    }

    fn due(&mut self, now: Duration) -> Option<Deed> {
        let budget = self.spending.room_budget?;
        let spent = self.spent.sum();
        if spent >= budget && !self.is_used_up {
            self.is_used_up = true;
            self.is_near = true;
            self.closes_by = Some(now + PAUSE_WITHIN);
            return Some(Deed::UsedUp);
        }
        if spent >= NEAR * budget && !self.is_near {
            self.is_near = true;
            return Some(Deed::Warn);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::Prices;

    fn spoken(characters: u64) -> Units {
        Units {
            spoken_characters: characters,
            ..Units::default()
        }
    }

    fn budget(room_budget: Option<f64>) -> Budget {
        let prices = Prices {
            spoken_1000_characters: Some(1.0),
            ..Prices::default()
        };
        Budget::new(Spending { prices, room_budget })
    }

    #[test]
    fn it_warns_and_ends_once() {
        let mut budget = budget(Some(2.0));
        let deeds = [1_000, 1_600, 1_700, 2_000, 2_500]
            .map(|characters| budget.take_in(Duration::ZERO, &spoken(characters)).1);
        assert_eq!(deeds, [None, Some(Deed::Warn), None, Some(Deed::UsedUp), None]);
        assert_eq!(budget.spent().sum(), 2.5);
    }

    #[test]
    fn what_is_used_up_at_once_needs_no_warning() {
        let mut budget = budget(Some(2.0));
        assert_eq!(
            budget.take_in(Duration::ZERO, &spoken(3_000)).1,
            Some(Deed::UsedUp)
        );
        assert_eq!(budget.take_in(Duration::ZERO, &spoken(3_001)).1, None);
    }

    #[test]
    fn it_closes_once_in_a_pause_or_when_none_comes() {
        let s = Duration::from_secs;
        let (mut patient, mut hasty) = (budget(Some(2.0)), budget(Some(2.0)));
        assert!(!patient.closes(s(1), true), "there is money");
        for budget in [&mut patient, &mut hasty] {
            budget.take_in(s(2), &spoken(2_000));
            assert!(!budget.closes(s(3), false));
            assert_eq!(budget.next(), Some(s(22)));
        }
        assert!(patient.closes(s(4), true) && !patient.closes(s(30), true));
        assert!(hasty.closes(s(22), false));
        assert_eq!((patient.next(), hasty.next()), (None, None));
    }

    #[test]
    fn without_a_budget_costs_are_only_counted() {
        let mut budget = budget(None);
        let (since, deed) = budget.take_in(Duration::ZERO, &spoken(9_000));
        assert_eq!((since.speaking, deed), (9.0, None));
        let (since, _) = budget.take_in(Duration::ZERO, &spoken(9_500));
        assert_eq!(since.sum(), 0.5);
    }
}
