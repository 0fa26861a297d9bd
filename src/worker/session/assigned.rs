//! A room with an assignment: its character opens the talk, and ends it in time.

use std::time::Duration;

use troupe_dialogue::{Input, SpeechId};

use super::Session;
use super::clock::{Clock, Deed};
use crate::brain::brief::Moment;
use crate::protocol::{Claim, ReleaseReason};

/// The clock of a claimed room.
pub(super) fn clock_of(claim: &Claim) -> Clock {
    let seconds = Duration::from_secs;
    let (warns, closes) = claim.assignment.as_ref().map_or((0, 0), |assignment| {
        (assignment.warn_before_end_s, assignment.close_before_end_s)
    });
    // The claim says what is left in whole seconds of the room's age; what it is older is used up as well.
    let older = Duration::from_millis(claim.age_ms % 1000);
    Clock::new(
        seconds(claim.limits.max_duration_s).saturating_sub(older),
        seconds(warns),
        seconds(closes),
    )
}

/// What a session keeps in mind of its assignment.
#[derive(Debug, Default)]
pub(super) struct Assigned {
    /// A character is still to open the talk.
    opens: bool,
    /// The speech that says goodbye.
    goodbye: Option<SpeechId>,
}

impl Assigned {
    pub(super) fn new(claim: &Claim) -> Self {
        let opens = claim
            .assignment
            .as_ref()
            .is_some_and(|assignment| assignment.opens);
        Self {
            // Whoever takes over a talk under way does not open it again.
            opens: opens && claim.timeline.is_empty(),
            goodbye: None,
        }
    }

    /// A speech is being made at this moment of the room.
    pub(super) fn about_to_speak(&mut self, speech: SpeechId, moment: Moment) {
        if moment == Moment::Closing {
            self.goodbye = Some(speech);
        }
    }
}

impl Session {
    /// Lets a character open the talk once a person and a character are there.
    pub(super) fn open_the_talk(&mut self) {
        if self.assigned.opens && !self.people.is_empty() && !self.cast.is_empty() {
            self.assigned.opens = false;
            self.hand_in(Input::FloorOffered);
        }
    }

    /// Does what the time asks for; answers why the room is over, if it is.
    pub(super) fn look_at_the_clock(&mut self) -> Option<ReleaseReason> {
        match self.clock.tick(self.began.elapsed()) {
            Some(Deed::End) => return Some(ReleaseReason::MaxDuration),
            Some(Deed::SayGoodbye) => self.hand_in(Input::FloorOffered),
            None => {}
        }
        self.is_empty_for_too_long()
    }

    /// A speech was heard to its end.
    pub(super) fn was_spoken(&mut self, speech: SpeechId) {
        if self.assigned.goodbye == Some(speech) {
            self.clock.goodbye_said(self.began.elapsed());
        }
    }
}
