//! How much a project may have going on: what its rooms cost is bounded before they start.

use super::Timestamp;
use super::error::Error;

const DAY_MS: i64 = 24 * 3600 * 1000;
const MINUTE_MS: u64 = 60 * 1000;

/// Bounds of one project; 0 for no bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Rooms that play at the same time.
    pub rooms_max: u32,
    /// Minutes that its rooms play on one day (UTC), all of them together.
    pub minutes_per_day_max: u32,
}

impl Default for Allowance {
    fn default() -> Self {
        Self {
            rooms_max: 200,
            minutes_per_day_max: 10_000,
        }
    }
}

/// What a project has going on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Usage {
    /// Rooms that were started and have not ended.
    pub playing: i64,
    /// Time that its rooms played today, ms.
    pub played_ms: i64,
}

impl Allowance {
    /// Whether another room may start.
    ///
    /// # Errors
    /// When as many rooms play as may, or the day's minutes are used up.
    pub fn admit(&self, usage: &Usage) -> Result<(), Error> {
        if self.rooms_max > 0 && usage.playing >= i64::from(self.rooms_max) {
            return Err(TOO_MANY_ROOMS);
        }
        let minutes = usage.played_ms.max(0).unsigned_abs() / MINUTE_MS;
        if self.minutes_per_day_max > 0 && minutes >= u64::from(self.minutes_per_day_max) {
            return Err(MINUTES_USED_UP);
        }
        Ok(())
    }
}

const TOO_MANY_ROOMS: Error = Error::TooMany {
    code: "too_many_rooms",
    message: "as many rooms of this project play as may; end one, or wait until one ends",
};
const MINUTES_USED_UP: Error = Error::Forbidden {
    code: "minutes_used_up",
    message: "the rooms of this project have played all their minutes of today (UTC)",
};

/// When the day of `at` began, UTC.
pub fn day_of(at: Timestamp) -> Timestamp {
    Timestamp(at.0 - at.0.rem_euclid(DAY_MS))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::panic, reason = "tests fail by panicking")]

    use super::{Allowance, DAY_MS, Usage, day_of};
    use crate::rooms::Timestamp;
    use crate::rooms::error::Error;

    fn refused(allowance: Allowance, playing: i64, played_ms: i64) -> Option<&'static str> {
        match allowance.admit(&Usage { playing, played_ms }) {
            Ok(()) => None,
            Err(Error::TooMany { code, .. } | Error::Forbidden { code, .. }) => Some(code),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn the_last_room_and_the_last_minute_are_given() {
        let allowance = Allowance {
            rooms_max: 2,
            minutes_per_day_max: 10,
        };
        assert_eq!(refused(allowance, 1, 599_999), None);
        assert_eq!(refused(allowance, 2, 0), Some("too_many_rooms"));
        assert_eq!(refused(allowance, 0, 600_000), Some("minutes_used_up"));
        assert_eq!(refused(allowance, 0, -5), None);
    }

    #[test]
    fn nothing_is_bounded_by_zero() {
        let allowance = Allowance {
            rooms_max: 0,
            minutes_per_day_max: 0,
        };
        assert_eq!(refused(allowance, i64::MAX, i64::MAX), None);
    }

    #[test]
    fn a_day_begins_at_midnight_utc() {
        assert_eq!(day_of(Timestamp(DAY_MS + 1)), Timestamp(DAY_MS));
        assert_eq!(day_of(Timestamp(DAY_MS)), Timestamp(DAY_MS));
        assert_eq!(day_of(Timestamp(-1)), Timestamp(-DAY_MS));
    }
}
