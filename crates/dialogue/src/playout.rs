//! Paces the sound of a speech, and knows how much of it was heard.

use std::time::Duration;

use crate::time::Time;

/// What a pacer wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Hand over this many frames now.
    Frames(usize),
    /// Nothing before this moment.
    At(Time),
}

/// Hands out frames of a fixed length in real time, a little ahead so that a late wake-up is not heard.
///
/// The playback position follows from the clock, not from what was handed over: frames in the lead
/// were not heard yet, and a cut takes them back.
#[derive(Debug, Clone)]
pub struct Pacer {
    frame: Duration,
    lead: Duration,
    /// The time at which the sound handed over so far will have been played.
    horizon: Option<Time>,
    /// Length of all sound handed over.
    handed: Duration,
}

impl Pacer {
    /// Frames of `frame` length, handed over up to `lead` before they are heard.
    pub const fn new(frame: Duration, lead: Duration) -> Self {
        Self {
            frame,
            lead,
            horizon: None,
            handed: Duration::ZERO,
        }
    }

    /// What to do now. After a stretch without sound the clock starts anew, so that no burst follows.
    pub fn due(&self, now: Time) -> Due {
        let horizon = self.horizon.map_or(now, |horizon| horizon.max(now));
        let ahead = horizon.since(now);
        if ahead >= self.lead {
            return Due::At(now + ahead.saturating_sub(self.lead) + self.frame);
        }
        let room = self.lead.saturating_sub(ahead).as_micros();
        let frames = room.div_ceil(self.frame.as_micros().max(1));
        Due::Frames(usize::try_from(frames).unwrap_or(usize::MAX))
    }

    /// One frame was handed over.
    pub fn handed_over(&mut self, now: Time) {
        let from = self.horizon.map_or(now, |horizon| horizon.max(now));
        self.horizon = Some(from + self.frame);
        self.handed += self.frame;
    }

    /// How much was heard by now.
    pub fn heard(&self, now: Time) -> Duration {
        let ahead = self.horizon.map_or(Duration::ZERO, |horizon| horizon.since(now));
        self.handed.saturating_sub(ahead)
    }

    /// Takes back what was handed over and not heard by now, in whole frames; the clock starts anew with the
    /// next frame. A frame that was heard in part is handed over again.
    pub fn take_back(&mut self, now: Time) -> usize {
        let unheard = self.handed.saturating_sub(self.heard(now)).as_micros();
        let frames = unheard.div_ceil(self.frame.as_micros().max(1));
        let frames = u32::try_from(frames).unwrap_or(u32::MAX);
        self.handed = self.handed.saturating_sub(self.frame * frames);
        self.horizon = None;
        usize::try_from(frames).unwrap_or(usize::MAX)
    }

    /// When everything handed over so far will have been heard.
    pub fn drained_at(&self) -> Option<Time> {
        self.horizon
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Duration = Duration::from_millis(20);
    const LEAD: Duration = Duration::from_millis(60);

    fn at(ms: u64) -> Time {
        Time::after_start(Duration::from_millis(ms))
    }

    fn run(pacer: &mut Pacer, now: Time) -> usize {
        let mut frames = 0;
        while let Due::Frames(count) = pacer.due(now) {
            for _ in 0..count {
                pacer.handed_over(now);
                frames += 1;
            }
        }
        frames
    }

    #[test]
    fn frames_go_out_in_real_time_behind_a_small_lead() {
        let mut pacer = Pacer::new(FRAME, LEAD);
        assert_eq!(run(&mut pacer, at(0)), 3);
        assert_eq!(pacer.heard(at(0)), Duration::ZERO);
        assert_eq!(pacer.due(at(0)), Due::At(at(20)));
        assert_eq!(run(&mut pacer, at(20)), 1);
        assert_eq!(run(&mut pacer, at(100)), 3);
        assert_eq!(
            pacer.heard(at(100)),
            Duration::from_millis(80),
            "it ran dry for 20 ms at 80 ms"
        );
    }

    #[test]
    fn what_was_not_heard_is_taken_back() {
        let mut pacer = Pacer::new(FRAME, LEAD);
        run(&mut pacer, at(0));
        assert_eq!(pacer.take_back(at(30)), 2);
        assert_eq!(pacer.heard(at(500)), FRAME);
        assert_eq!(run(&mut pacer, at(1000)), 3);
        assert_eq!(pacer.heard(at(1020)), FRAME * 2);
    }

    #[test]
    fn a_late_start_makes_no_burst() {
        let mut pacer = Pacer::new(FRAME, LEAD);
        run(&mut pacer, at(0));
        assert_eq!(run(&mut pacer, at(5_000)), 3);
        assert_eq!(pacer.heard(at(5_000)), LEAD);
    }
}
