//! What becomes of a started room when LiveKit's side of it is not as it should be: a pure decision.
//!
//! LiveKit tells by webhook when a room was closed, but drops what it can't deliver, and tells nothing when it
//! was killed. So what it has is compared with what is played from time to time.

use super::Timestamp;
use crate::protocol::Mode;

/// LiveKit's side of a room at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// There is no such room.
    Missing,
    /// Nobody is in it, not even a character.
    Deserted,
    /// Somebody is in it.
    Peopled,
}

/// A started room that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Played {
    /// Position in the database.
    pub seq: i64,
    /// `room_…`.
    pub room_id: String,
    /// Name of its LiveKit room.
    pub livekit_room: String,
    /// How it plays.
    pub mode: Mode,
    /// Since when nobody was seen in it.
    pub nobody_since: Option<Timestamp>,
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing.
    Leave,
    /// Remember that nobody is in it from now on.
    Watch,
    /// Forget that nobody was in it.
    Settle,
    /// Make the LiveKit room again, for the characters play on without people.
    Remake,
    /// End the room: it stayed without people for too long.
    End,
}

impl Played {
    /// Decides at `now`; a freeform room lives for `empty_timeout_ms` without anybody.
    pub fn remedy(&self, seen: Seen, now: Timestamp, empty_timeout_ms: i64) -> Remedy {
        match (self.mode, seen, self.nobody_since) {
            (Mode::Scripted, Seen::Missing, _) => Remedy::Remake,
            (Mode::Scripted, ..) | (Mode::Freeform, Seen::Peopled, None) => Remedy::Leave,
            (Mode::Freeform, Seen::Peopled, Some(_)) => Remedy::Settle,
            // Whoever comes back makes a missing room again: a restart of LiveKit ends nothing by itself.
            (Mode::Freeform, Seen::Missing | Seen::Deserted, None) => Remedy::Watch,
            (Mode::Freeform, Seen::Missing | Seen::Deserted, Some(since)) => {
                if now.ms_since(since) >= empty_timeout_ms {
                    Remedy::End
                } else {
                    Remedy::Leave
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Played, Remedy, Seen};
    use crate::protocol::Mode;
    use crate::rooms::Timestamp;

    fn played(mode: Mode, since: Option<i64>) -> Played {
        Played {
            seq: 1,
            room_id: "room_a".into(),
            livekit_room: "p_x__room_a".into(),
            mode,
            nobody_since: since.map(Timestamp),
        }
    }

    fn remedy(mode: Mode, since: Option<i64>, seen: Seen) -> Remedy {
        played(mode, since).remedy(seen, Timestamp(1_000), 300)
    }

    #[test]
    fn a_freeform_room_ends_after_its_empty_timeout() {
        for seen in [Seen::Missing, Seen::Deserted] {
            assert_eq!(remedy(Mode::Freeform, None, seen), Remedy::Watch);
            assert_eq!(remedy(Mode::Freeform, Some(701), seen), Remedy::Leave);
            assert_eq!(remedy(Mode::Freeform, Some(700), seen), Remedy::End);
        }
        assert_eq!(remedy(Mode::Freeform, Some(1), Seen::Peopled), Remedy::Settle);
        assert_eq!(remedy(Mode::Freeform, None, Seen::Peopled), Remedy::Leave);
    }

    #[test]
    fn a_scripted_room_plays_on_without_people() {
        for since in [None, Some(1)] {
            assert_eq!(remedy(Mode::Scripted, since, Seen::Missing), Remedy::Remake);
            assert_eq!(remedy(Mode::Scripted, since, Seen::Deserted), Remedy::Leave);
            assert_eq!(remedy(Mode::Scripted, since, Seen::Peopled), Remedy::Leave);
        }
    }
}
