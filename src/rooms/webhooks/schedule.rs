//! When a delivery is tried again, when it is given up, and when its webhook is: pure decisions. Time and
//! chance are arguments.

use super::record::DisabledReason;
use crate::rooms::Timestamp;

/// Attempts of one delivery; the last comes 17 to 35 hours after the first.
pub const ATTEMPTS_MAX: i64 = 14;
/// Pause after the first failed attempt, ms; triples with each further one.
pub const PAUSE_FIRST_MS: i64 = 5_000;
/// Longest pause, ms.
pub const PAUSE_MAX_MS: i64 = 6 * 3_600 * 1_000;
/// Triplings after which the pause is the longest in any case.
const TRIPLINGS_MAX: i64 = 16;
/// A webhook that nothing reached for this long is disabled, ms.
pub const FAILING_MAX_MS: i64 = 24 * 3_600 * 1_000;

/// Status by which a server says that it wants no more.
const GONE: u16 = 410;

/// What came of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The server answered with this status.
    Answered(u16),
    /// It did not come to an answer.
    Failed(Fault),
}

/// Why there was no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The name has no address.
    Unresolvable,
    /// The address is not a public one.
    PrivateAddress,
    /// The server can't be reached, or not securely.
    Unreachable,
    /// The server did not answer in time.
    Timeout,
    /// What signs deliveries was sealed under another secret of this server.
    SecretLost,
}

impl Fault {
    /// As the log shows it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unresolvable => "unresolvable",
            Self::PrivateAddress => "private_address",
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::SecretLost => "secret_lost",
        }
    }
}

impl Outcome {
    /// Whether the event arrived: any 2xx. A redirection is not followed and counts as a failure.
    pub fn arrived(self) -> bool {
        matches!(self, Self::Answered(200..=299))
    }

    /// Status of the answer.
    pub fn status(self) -> Option<u16> {
        match self {
            Self::Answered(status) => Some(status),
            Self::Failed(_) => None,
        }
    }

    /// Why it failed, as the log shows it.
    pub fn error(self) -> Option<&'static str> {
        match self {
            Self::Answered(200..=299) => None,
            Self::Answered(300..=399) => Some("redirected"),
            Self::Answered(_) => Some("refused"),
            Self::Failed(fault) => Some(fault.as_str()),
        }
    }
}

/// What becomes of a delivery after an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// It is over and arrived.
    Delivered,
    /// It is tried again at this time.
    Retry(Timestamp),
    /// It is over and did not arrive.
    GivenUp,
}

/// What becomes of its webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Health {
    /// Since when nothing arrived.
    pub failing_since: Option<Timestamp>,
    /// Why it is told nothing any more.
    pub disabled: Option<DisabledReason>,
}

/// Decides after the attempt with this number, from 1, which ended at `now`; `jitter` is a random number from
/// 0 to 1.
pub fn next(attempt: i64, outcome: Outcome, jitter: f64, now: Timestamp) -> Next {
    if outcome.arrived() {
        Next::Delivered
    } else if attempt >= ATTEMPTS_MAX || outcome == Outcome::Answered(GONE) {
        Next::GivenUp
    } else {
        Next::Retry(now.plus_ms(pause_ms(attempt, jitter)))
    }
}

/// Decides on a webhook that was failing since `failing_since`.
pub fn health(failing_since: Option<Timestamp>, outcome: Outcome, now: Timestamp) -> Health {
    if outcome.arrived() {
        return Health {
            failing_since: None,
            disabled: None,
        };
    }
    let since = failing_since.unwrap_or(now);
    let disabled = if outcome == Outcome::Answered(GONE) {
        Some(DisabledReason::Gone)
    } else {
        (now.ms_since(since) >= FAILING_MAX_MS).then_some(DisabledReason::Failing)
    };
    Health {
        failing_since: Some(since),
        disabled,
    }
}

/// The pause after an attempt, ms: half of it fixed, half of it by chance, so that what failed together is not
/// tried again together.
fn pause_ms(attempt: i64, jitter: f64) -> i64 {
    let triplings = u32::try_from(attempt.saturating_sub(1).clamp(0, TRIPLINGS_MAX)).unwrap_or(0);
    let whole = PAUSE_FIRST_MS
        .saturating_mul(3_i64.saturating_pow(triplings))
        .min(PAUSE_MAX_MS);
    let half = whole / 2;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "a pause is far below 2^53 ms"
    )]
    let chance = (half as f64 * jitter.clamp(0.0, 1.0)) as i64;
    half + chance
}

#[cfg(test)]
mod tests {
    use super::{
        ATTEMPTS_MAX, FAILING_MAX_MS, Fault, Health, Next, Outcome, PAUSE_MAX_MS, health, next, pause_ms,
    };
    use crate::rooms::Timestamp;
    use crate::rooms::webhooks::record::DisabledReason;

    const FAILED: Outcome = Outcome::Failed(Fault::Timeout);

    #[test]
    fn pauses_triple_up_to_a_bound_and_spread() {
        let longest: Vec<i64> = (1..=5).map(|attempt| pause_ms(attempt, 1.0)).collect();
        assert_eq!(longest, [5_000, 15_000, 45_000, 135_000, 405_000]);
        assert_eq!(pause_ms(1, 0.0), 2_500);
        assert_eq!(pause_ms(1, 0.5), 3_750);
        assert_eq!(pause_ms(i64::MAX, 1.0), PAUSE_MAX_MS);
        assert_eq!(pause_ms(0, f64::NAN), 2_500);
        let whole: i64 = (1..ATTEMPTS_MAX).map(|attempt| pause_ms(attempt, 1.0)).sum();
        assert!(
            (24..48).contains(&(whole * 3 / 4 / 3_600_000)),
            "a day of trying: {whole}"
        );
    }

    #[test]
    fn a_delivery_is_tried_until_it_arrives_or_is_given_up() {
        let now = Timestamp(1_000);
        assert_eq!(next(1, Outcome::Answered(204), 1.0, now), Next::Delivered);
        assert_eq!(next(1, FAILED, 1.0, now), Next::Retry(Timestamp(6_000)));
        assert_eq!(
            next(2, Outcome::Answered(302), 1.0, now),
            Next::Retry(Timestamp(16_000))
        );
        assert_eq!(next(1, Outcome::Answered(410), 1.0, now), Next::GivenUp);
        assert_eq!(next(ATTEMPTS_MAX, FAILED, 1.0, now), Next::GivenUp);
    }

    #[test]
    fn a_webhook_is_disabled_after_a_day_of_failures_or_when_it_is_gone() {
        let first = health(None, FAILED, Timestamp(5));
        assert_eq!(
            first,
            Health {
                failing_since: Some(Timestamp(5)),
                disabled: None
            }
        );
        let later = |delay_ms| health(first.failing_since, FAILED, Timestamp(5 + delay_ms)).disabled;
        assert_eq!(later(FAILING_MAX_MS - 1), None);
        assert_eq!(later(FAILING_MAX_MS), Some(DisabledReason::Failing));
        assert_eq!(
            health(None, Outcome::Answered(410), Timestamp(5)).disabled,
            Some(DisabledReason::Gone)
        );
        let recovered = health(first.failing_since, Outcome::Answered(200), Timestamp(9));
        assert_eq!(recovered.failing_since, None);
    }
}
