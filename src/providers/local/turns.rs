//! Which of several answers of one model is written on.
//!
//! An answer is wanted no sooner than it can be spoken: whoever has something to say for the next seconds gives way to
//! whoever has nothing yet. Pure.

use std::time::Duration;

use super::busy::Need;

/// Characters with which a voice can begin: a clause, or the words of a hurried one.
const BEGINNING_CHARACTERS: usize = 40;
/// Characters that are spoken in a second; slow voices speak fewer.
const SPOKEN_PER_S: f64 = 15.0;
/// With so much written ahead of its voice, an answer leaves the processor to models that others wait for.
const AHEAD: Duration = Duration::from_millis(1_500);
/// The same where others wait in silence.
const GIVEN_AHEAD: Duration = Duration::from_millis(500);
/// Characters of which a voice may have something to say.
const GIVEN_CHARACTERS: usize = 12;
/// How soon it is looked at again.
const REST: Duration = Duration::from_millis(20);

/// How far an answer is. Times are since any one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Progress {
    asked_at: Duration,
    /// When it could begin to be spoken, and how much there was of it.
    begun_at: Option<Duration>,
    characters: usize,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Write the answer of this number on.
    Write(usize),
    /// Nothing, for so long at most.
    Rest(Duration),
}

impl Progress {
    pub(super) fn new(asked_at: Duration) -> Self {
        Self {
            asked_at,
            begun_at: None,
            characters: 0,
        }
    }

    /// So much more was written.
    pub(super) fn wrote(&mut self, now: Duration, characters: usize) {
        self.characters += characters;
        if self.characters >= BEGINNING_CHARACTERS {
            self.begun_at.get_or_insert(now);
        }
    }

    /// How long a voice that began when it could has yet to say, s; `None` before it can begin.
    fn ahead_s(&self, now: Duration) -> Option<f64> {
        let spoken = now.saturating_sub(self.begun_at?).as_secs_f64();
        Some(self.characters as f64 / SPOKEN_PER_S - spoken)
    }
}

/// Whose turn it is; `None` without answers. `need` says how urgent the work of other models is.
///
/// A voice that is waited for in silence has the processor to itself: its first sound comes sooner, and its text goes on
/// while that is heard.
pub(super) fn next<'a>(
    answers: impl Iterator<Item = &'a Progress> + Clone,
    now: Duration,
    need: Need,
) -> Option<Turn> {
    let has_enough = |progress: &Progress| {
        let is_ahead = progress
            .ahead_s(now)
            .is_none_or(|ahead| ahead > GIVEN_AHEAD.as_secs_f64());
        progress.characters >= GIVEN_CHARACTERS && is_ahead
    };
    if need == Need::Now && answers.clone().next().is_some() && answers.clone().all(has_enough) {
        return Some(Turn::Rest(REST));
    }
    let numbered = answers.enumerate();
    let unheard = numbered
        .clone()
        .filter(|(_, progress)| progress.begun_at.is_none());
    if let Some((number, _)) = unheard.min_by_key(|(_, progress)| progress.asked_at) {
        return Some(Turn::Write(number));
    }
    let ahead = numbered.filter_map(|(number, progress)| Some((number, progress.ahead_s(now)?)));
    let (number, least) = ahead.min_by(|(_, a), (_, b)| a.total_cmp(b))?;
    Some(if need > Need::Nobody && least > AHEAD.as_secs_f64() {
        Turn::Rest(REST)
    } else {
        Turn::Write(number)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    /// Asked at, begun at if it was, and characters.
    fn progress(asked: u64, begun: Option<u64>, characters: usize) -> Progress {
        Progress {
            asked_at: ms(asked),
            begun_at: begun.map(ms),
            characters,
        }
    }

    #[test]
    fn whoever_has_nothing_to_say_goes_first_and_whoever_runs_dry_next() {
        let long = progress(0, Some(1_000), 300);
        let short = progress(10, Some(1_000), 60);
        let new = progress(900, None, 10);
        let newer = progress(950, None, 0);
        for (answers, need, expect) in [
            (vec![], Need::Now, None),
            (vec![long, newer, new], Need::Later, Some(Turn::Write(2))),
            (vec![long, short], Need::Nobody, Some(Turn::Write(1))),
            (vec![long], Need::Nobody, Some(Turn::Write(0))),
            (vec![long], Need::Later, Some(Turn::Rest(REST))),
            (vec![long, short], Need::Later, Some(Turn::Rest(REST))),
        ] {
            assert_eq!(next(answers.iter(), ms(2_000), need), expect, "{answers:?}");
        }
        // A second and a half before it falls silent it is written on, whoever else works ahead.
        let due = next([long, short].iter(), ms(3_600), Need::Later);
        assert_eq!(due, Some(Turn::Write(1)));
    }

    #[test]
    fn a_voice_that_is_waited_for_works_alone_once_it_may_have_something_to_say() {
        let begun = progress(0, None, GIVEN_CHARACTERS);
        let new = progress(0, None, GIVEN_CHARACTERS - 1);
        let spoken = progress(0, Some(1_000), 45);
        for (answers, at, need, expect) in [
            (vec![begun], 1_000, Need::Now, Turn::Rest(REST)),
            (vec![begun], 1_000, Need::Later, Turn::Write(0)),
            (vec![begun, new], 1_000, Need::Now, Turn::Write(0)),
            (vec![begun, spoken], 3_000, Need::Now, Turn::Rest(REST)),
            (vec![spoken], 3_600, Need::Now, Turn::Write(0)),
        ] {
            assert_eq!(next(answers.iter(), ms(at), need), Some(expect), "{answers:?}");
        }
    }

    #[test]
    fn an_answer_can_begin_with_a_clause() {
        let mut answer = Progress::new(ms(100));
        answer.wrote(ms(200), BEGINNING_CHARACTERS - 1);
        assert_eq!(answer.ahead_s(ms(300)), None);
        answer.wrote(ms(400), 21);
        answer.wrote(ms(500), 15);
        let ahead = answer.ahead_s(ms(900)).unwrap_or_default();
        assert!((ahead - 4.5).abs() < 1e-9, "{ahead}");
    }
}
