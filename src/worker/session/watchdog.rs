//! Sees what no part of a session can see of itself: a character that is said to speak and makes no sound, and events
//! that wait. Pure; times are since the room began.

use std::time::Duration;

use troupe_dialogue::SpeechId;

/// A speech that is heard and of which no frame with sound has left for this long is cut. The core's own deadline for
/// speeches that do not go on is shorter: this one is for sound that was made and does not leave.
const SILENT_AFTER: Duration = Duration::from_secs(12);
/// Speeches in a row that were cut so; then the room is given up, for a fresh start.
const SILENT_MAX: u32 = 2;
/// A room whose events wait for this long is handed over: this process has no time for it.
const BEHIND_AFTER: Duration = Duration::from_secs(10);
/// How often somebody who speaks is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Alarm {
    /// Nothing is heard of this speech: it is to be cut.
    Silent(SpeechId),
    /// Nothing is heard of one speech after the other: the room is to be left.
    Mute,
    /// Events wait for too long: the room is to be handed over.
    Behind,
}

impl Alarm {
    /// What metrics call it.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Silent(_) => "silent_speech",
            Self::Mute => "mute_room",
            Self::Behind => "late_events",
        }
    }
}

#[derive(Debug)]
struct Spoken {
    speech: SpeechId,
    /// Frames with sound that its character had sent by the last look.
    frames: u64,
    /// When the last of them was seen, or it began or went on.
    since: Duration,
    is_held: bool,
    next_look: Duration,
}

/// Watches one session.
#[derive(Debug, Default)]
pub(super) struct Watchdog {
    spoken: Option<Spoken>,
    /// Speeches in a row of which nothing was heard for too long.
    silent: u32,
    is_behind: bool,
}

impl Watchdog {
    /// A speech begins to be heard.
    pub(super) fn begins(&mut self, now: Duration, speech: SpeechId, frames: u64) {
        self.spoken = Some(Spoken {
            speech,
            frames,
            since: now,
            is_held: false,
            next_look: now + LOOK_EVERY,
        });
    }

    /// It is paused.
    pub(super) fn is_held(&mut self, speech: SpeechId) {
        if let Some(spoken) = self.spoken.as_mut().filter(|spoken| spoken.speech == speech) {
            spoken.is_held = true;
        }
    }

    /// It goes on.
    pub(super) fn goes_on(&mut self, now: Duration, speech: SpeechId) {
        if let Some(spoken) = self.spoken.as_mut().filter(|spoken| spoken.speech == speech) {
            (spoken.is_held, spoken.since, spoken.next_look) = (false, now, now + LOOK_EVERY);
        }
    }

    /// It is over.
    pub(super) fn is_over(&mut self) {
        self.spoken = None;
    }

    /// When to look next, if there is something to look at.
    pub(super) fn next_look(&self) -> Option<Duration> {
        let spoken = self.spoken.as_ref().filter(|spoken| !spoken.is_held)?;
        Some(spoken.next_look)
    }

    /// Looks at whoever speaks, who has sent so many frames with sound.
    pub(super) fn look(&mut self, now: Duration, frames: u64) -> Option<Alarm> {
        let spoken = self.spoken.as_mut().filter(|spoken| !spoken.is_held)?;
        spoken.next_look = now + LOOK_EVERY;
        if frames != spoken.frames {
            (spoken.frames, spoken.since) = (frames, now);
            self.silent = 0;
            return None;
        }
        if now.saturating_sub(spoken.since) < SILENT_AFTER {
            return None;
        }
        let speech = spoken.speech;
        self.spoken = None;
        self.silent += 1;
        Some(match self.silent {
            silent if silent >= SILENT_MAX => Alarm::Mute,
            _ => Alarm::Silent(speech),
        })
    }

    /// An event was taken out of the queue in which it had waited for `age`.
    pub(super) fn taken(&mut self, age: Duration) -> Option<Alarm> {
        let was_behind = std::mem::replace(&mut self.is_behind, age >= BEHIND_AFTER);
        (self.is_behind && !was_behind).then_some(Alarm::Behind)
    }
}

#[cfg(test)]
mod tests {
    use rand::rngs::StdRng;
    use rand::{RngExt, SeedableRng};

    use super::*;

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    const SPEECH: SpeechId = SpeechId(4);

    #[test]
    fn who_speaks_and_is_not_heard_is_cut_and_the_second_time_the_room_is_left() {
        let mut dog = Watchdog::default();
        dog.begins(s(100), SPEECH, 7);
        assert_eq!(dog.next_look(), Some(s(101)));
        assert_eq!(dog.look(s(101), 50), None);
        assert_eq!(dog.look(s(112), 50), None);
        assert_eq!(dog.look(s(113), 50), Some(Alarm::Silent(SPEECH)));
        assert_eq!((dog.next_look(), dog.look(s(200), 50)), (None, None), "told once");
        dog.begins(s(300), SpeechId(5), 50);
        assert_eq!(dog.look(s(312), 50), Some(Alarm::Mute));
    }

    #[test]
    fn a_speech_that_is_heard_makes_up_for_one_that_was_not() {
        let mut dog = Watchdog::default();
        for round in 0..5 {
            dog.begins(s(round * 100), SPEECH, 0);
            assert_eq!(dog.look(s(round * 100 + 12), 0), Some(Alarm::Silent(SPEECH)));
            dog.begins(s(round * 100 + 50), SPEECH, 0);
            assert_eq!(dog.look(s(round * 100 + 51), 9), None);
            dog.is_over();
        }
    }

    #[test]
    fn whoever_is_paused_may_be_silent() {
        let mut dog = Watchdog::default();
        dog.begins(s(0), SPEECH, 0);
        dog.is_held(SPEECH);
        assert_eq!((dog.next_look(), dog.look(s(60), 0)), (None, None));
        dog.goes_on(s(60), SPEECH);
        assert_eq!(dog.look(s(71), 0), None);
        assert_eq!(dog.look(s(72), 0), Some(Alarm::Silent(SPEECH)));
    }

    #[test]
    fn a_queue_that_is_not_drained_is_told_once() {
        let mut dog = Watchdog::default();
        let told: Vec<_> = [0, 9, 10, 11, 12, 0, 10]
            .map(|age| dog.taken(s(age)).is_some())
            .into();
        assert_eq!(told, [false, false, true, false, false, false, true]);
    }

    /// Whatever happens: an alarm never comes while sound leaves, nor while a speech is paused.
    #[test]
    fn it_cries_wolf_for_nobody() {
        for seed in 0..500 {
            let mut chance = StdRng::seed_from_u64(seed);
            let mut dog = Watchdog::default();
            let (mut now, mut frames, mut last_sign, mut held) = (s(0), 0, s(0), false);
            dog.begins(now, SPEECH, frames);
            for _ in 0..200 {
                now += Duration::from_millis(chance.random_range(0..3_000));
                match chance.random_range(0..8) {
                    0 => {
                        frames += 1;
                    }
                    1 => {
                        dog.is_held(SPEECH);
                        held = true;
                    }
                    2 => {
                        dog.goes_on(now, SPEECH);
                        (held, last_sign) = (false, now);
                    }
                    _ => {
                        let before = frames;
                        if dog.look(now, frames).is_some() {
                            assert!(!held, "seed {seed}: it is paused");
                            assert!(now - last_sign >= SILENT_AFTER, "seed {seed}: too early");
                            dog.begins(now, SPEECH, frames);
                            last_sign = now;
                        } else if before != frames {
                            last_sign = now;
                        }
                    }
                }
            }
        }
    }
}
