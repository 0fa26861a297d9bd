//! How fast a voice speaks, and where in a text it broke off. Pure.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use troupe_dialogue::word_ends;

/// The pace of a voice of which nothing is known, s a character.
const USUAL_S: f64 = 0.06;
/// How much of what is known the newest chunk is.
const NEWEST: f64 = 0.3;
/// A chunk of fewer characters tells little: its pauses weigh too much.
const CHARACTERS_MIN: usize = 12;

/// Where a voice that broke off is to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Seam {
    /// End of the last word that was said whole, bytes into the text.
    pub(super) text: usize,
    /// When it had been said: what was made after that is the beginning of a word.
    pub(super) sound: Duration,
}

/// How fast one character's voice has spoken so far; clones know the same.
#[derive(Debug, Clone, Default)]
pub struct Pace(Arc<Mutex<Option<f64>>>);

impl Pace {
    /// A text took so long to its end.
    pub(super) fn spoke(&self, text: &str, took: Duration) {
        let characters = text.chars().count();
        if characters < CHARACTERS_MIN {
            return;
        }
        let newest = took.as_secs_f64() / characters as f64;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some(known.map_or(newest, |known| known + NEWEST * (newest - known)));
    }

    /// How long a text takes.
    fn takes(&self, text: &str) -> Duration {
        let known = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let pace = known.unwrap_or(USUAL_S);
        Duration::from_secs_f64(text.chars().count() as f64 * pace)
    }

    /// Where to go on in `text` when so much of its sound was made. Nothing of it may have been said whole.
    pub(super) fn seam(&self, text: &str, made: Duration) -> Seam {
        let said = word_ends(text, self.takes(text)).take_while(|(_, end)| *end <= made);
        let (text, sound) = said.last().unwrap_or_default();
        Seam { text, sound }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "First there was a river, and then there was a ferry.";

    fn seam(pace: &Pace, ms: u64) -> (&'static str, u128) {
        let seam = pace.seam(TEXT, Duration::from_millis(ms));
        (&TEXT[seam.text..], seam.sound.as_millis())
    }

    #[test]
    fn it_goes_on_behind_the_last_whole_word() {
        let pace = Pace::default();
        assert_eq!(seam(&pace, 0), (TEXT, 0));
        assert_eq!(seam(&pace, 200), (TEXT, 0), "in the middle of the first word");
        assert_eq!(seam(&pace, 1_500).0, " and then there was a ferry.");
        assert_eq!(seam(&pace, 60_000).0, "", "all was said");
    }

    #[test]
    fn a_pace_that_is_known_counts() {
        let pace = Pace::default();
        pace.spoke("Yes.", Duration::from_secs(9));
        let before = seam(&pace, 1_500);
        pace.spoke(TEXT, Duration::from_millis(52 * 30));
        let (rest, sound) = seam(&pace, 800);
        assert_eq!(
            (before.0, rest),
            (" and then there was a ferry.", " and then there was a ferry.")
        );
        assert!(sound <= 800);
    }

    #[test]
    fn no_word_is_said_twice_or_left_out() {
        let pace = Pace::default();
        for ms in (0..4_000).step_by(50) {
            let made = Duration::from_millis(ms);
            let seam = pace.seam(TEXT, made);
            let (said, rest) = TEXT.split_at(seam.text);
            let words = said.split_whitespace().chain(rest.split_whitespace());
            assert!(words.eq(TEXT.split_whitespace()), "{ms}: {said:?} {rest:?}");
            assert!(seam.sound <= made, "{ms}");
        }
    }
}
