//! How the other side behaves, and how long that is borne.

use std::time::Duration;

/// How one request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Conduct {
    /// As it should.
    Well,
    /// It is refused with this status, and perhaps this `Retry-After`, s.
    Refused(u16, Option<&'static str>),
    /// It takes its time before it answers.
    Slow,
    /// It is never answered.
    Silent,
    /// The answer begins, and nothing follows.
    Stalls,
    /// The answer begins, and the other side ends its half of the connection.
    HalfClosed,
    /// The answer begins, and the other side is gone.
    BreaksOff,
    /// What is answered can't be read.
    Nonsense,
    /// A message of the answer has no end.
    Endless,
}

/// Soon, for what is to happen in time.
pub(super) const SOON: Duration = Duration::from_millis(200);
/// So late that no test gets there by accident.
const LATE: Duration = Duration::from_secs(30);

/// How long an answer is waited for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// For its first piece.
    pub(super) first: Duration,
    /// For each one after it.
    pub(super) between: Duration,
}

impl Patience {
    pub(super) const LONG: Self = Self {
        first: LATE,
        between: LATE,
    };
    pub(super) const SHORT: Self = Self {
        first: SOON,
        between: SOON,
    };
    /// Short once it has begun.
    pub(super) const SHORT_BETWEEN: Self = Self {
        first: LATE,
        between: SOON,
    };
}
