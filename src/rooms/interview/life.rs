//! Where an interview stands: decided from its times alone.
//!
//! ```text
//! created ── the respondent joins ──▶ started ── its room ends ──▶ finished
//!    └── nobody joined in time ──▶ expired
//! ```

use serde::Serialize;

use crate::rooms::Timestamp;

/// Where an interview stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = InterviewStatus)]
pub enum Status {
    /// The link waits for its respondent.
    Created,
    /// The respondent joined.
    Started,
    /// The conversation is over.
    Finished,
    /// Nobody came in time, or the room was ended before.
    Expired,
}

/// The link is of no use any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It was not used in time.
    Expired,
    /// Its conversation is over.
    Finished,
}

/// The times of an interview.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// When the respondent first joined.
    pub started_at: Option<Timestamp>,
    /// When the room ended.
    pub ended_at: Option<Timestamp>,
    /// Until when it has to be started.
    pub expires_at: Timestamp,
}

impl Life {
    /// Where it stands at `now`.
    pub fn status(&self, now: Timestamp) -> Status {
        match (self.started_at, self.ended_at) {
            (Some(_), Some(_)) => Status::Finished,
            (Some(_), None) => Status::Started,
            (None, Some(_)) => Status::Expired,
            (None, None) if now >= self.expires_at => Status::Expired,
            (None, None) => Status::Created,
        }
    }

    /// Whether the respondent may join at `now`; one whose connection broke may come back until the end, also
    /// after the link's last day. Answers whether this is the first time, which starts the interview.
    ///
    /// # Errors
    /// When the link is of no use any more.
    pub fn join(&self, now: Timestamp) -> Result<bool, Refused> {
        match self.status(now) {
            Status::Created => Ok(true),
            Status::Started => Ok(false),
            Status::Finished => Err(Refused::Finished),
            Status::Expired => Err(Refused::Expired),
        }
    }

    /// When the conversation was over; never for one that nobody began.
    pub fn finished_at(&self) -> Option<Timestamp> {
        self.started_at.and(self.ended_at)
    }

    /// What is left of `max_duration_s` at `now`, s; all of it before the start, never less than nothing.
    pub fn left_s(&self, max_duration_s: i64, now: Timestamp) -> i64 {
        let used_ms = self.started_at.map_or(0, |started| now.ms_since(started).max(0));
        (max_duration_s - used_ms / 1000).max(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 24 * 3600 * 1000;

    fn at(days: i64) -> Timestamp {
        Timestamp(days * DAY_MS)
    }

    /// Made at day 0, good for seven days.
    fn life() -> Life {
        Life {
            started_at: None,
            ended_at: None,
            expires_at: at(7),
        }
    }

    #[test]
    fn a_link_expires_to_the_millisecond_unless_it_was_used() {
        let before = Timestamp(at(7).0 - 1);
        assert_eq!(life().status(before), Status::Created);
        assert_eq!(life().join(before), Ok(true));
        assert_eq!(life().status(at(7)), Status::Expired);
        assert_eq!(life().join(at(7)), Err(Refused::Expired));
        let started = Life {
            started_at: Some(before),
            ..life()
        };
        assert_eq!(started.join(at(8)), Ok(false));
        assert_eq!(started.status(at(8)), Status::Started);
    }

    #[test]
    fn what_is_over_stays_over() {
        let finished = Life {
            started_at: Some(at(1)),
            ended_at: Some(at(2)),
            ..life()
        };
        for now in [at(2), at(3), at(100)] {
            assert_eq!(finished.status(now), Status::Finished);
            assert_eq!(finished.join(now), Err(Refused::Finished));
        }
        assert_eq!(finished.finished_at(), Some(at(2)));
        let withdrawn = Life {
            ended_at: Some(at(1)),
            ..life()
        };
        assert_eq!(withdrawn.status(at(2)), Status::Expired);
        assert_eq!(withdrawn.finished_at(), None);
    }

    #[test]
    fn every_order_of_events_moves_forward_only() {
        let rank = |status| match status {
            Status::Created => 0,
            Status::Started => 1,
            Status::Finished | Status::Expired => 2,
        };
        for start in (0..9).map(Some).chain([None]) {
            for end in (0..9).map(Some).chain([None]) {
                let mut reached = 0;
                for now in 0..12 {
                    let seen = Life {
                        started_at: start.filter(|&start| start <= now && start < 7).map(at),
                        ended_at: end
                            .filter(|&end| end <= now && start.is_none_or(|start| start <= end))
                            .map(at),
                        expires_at: at(7),
                    };
                    let status = rank(seen.status(at(now)));
                    assert!(status >= reached, "start {start:?}, end {end:?}, day {now}");
                    reached = status;
                }
            }
        }
    }

    #[test]
    fn a_pause_does_not_make_it_longer() {
        let started = Life {
            started_at: Some(Timestamp(10_000)),
            ..life()
        };
        assert_eq!(life().left_s(60, Timestamp(50_000)), 60);
        assert_eq!(started.left_s(60, Timestamp(50_000)), 20);
        assert_eq!(started.left_s(60, Timestamp(500_000)), 0);
    }
}
