//! Where a voice broke off, by the words whose times it told.

use std::time::Duration;

use super::pace::{Pace, Seam};
use crate::providers::SpokenWord;

/// Where to go on in `text` when so much of its sound was made: behind the last word that was told to end by then. Behind
/// the last one that was told at all, how fast the voice speaks decides, and so it does where the words are not those of
/// the text: a voice may read 12 as twelve.
pub(super) fn seam(words: &[SpokenWord], text: &str, made: Duration, pace: &Pace) -> Seam {
    let mut told = Seam::default();
    for word in words {
        if word.end > made {
            return told;
        }
        match behind(text, told.text, &word.text) {
            Some(end) => {
                told = Seam {
                    text: end,
                    sound: word.end,
                }
            }
            None => return pace.seam(text, made),
        }
    }
    let rest = text.get(told.text..).unwrap_or_default();
    let later = pace.seam(rest, made.saturating_sub(told.sound));
    Seam {
        text: told.text + later.text,
        sound: told.sound + later.sound,
    }
}

/// Where in `text` a word ends that is the next from `begin` on, with its punctuation; `None` if another one is. Case
/// and punctuation do not count.
fn behind(text: &str, begin: usize, word: &str) -> Option<usize> {
    let mut letters = text.get(begin..)?.char_indices();
    let mut end = begin;
    for wanted in word.chars().filter(|letter| letter.is_alphanumeric()) {
        let (at, letter) = letters.find(|(_, letter)| letter.is_alphanumeric())?;
        if !letter.to_lowercase().eq(wanted.to_lowercase()) {
            return None;
        }
        end = begin + at + letter.len_utf8();
    }
    let rest = text.get(end..)?;
    let punctuation = rest.find(|letter: char| letter.is_alphanumeric() || letter.is_whitespace());
    Some(end + punctuation.unwrap_or(rest.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "First there was a river, and then \u{2014} a ferry.";

    fn told(words: &[(&str, u64)]) -> Vec<SpokenWord> {
        let word = |(text, ms): &(&str, u64)| SpokenWord {
            text: (*text).to_owned(),
            end: Duration::from_millis(*ms),
        };
        words.iter().map(word).collect()
    }

    fn rest(words: &[(&str, u64)], made_ms: u64) -> (&'static str, u128) {
        let seam = seam(
            &told(words),
            TEXT,
            Duration::from_millis(made_ms),
            &Pace::default(),
        );
        (&TEXT[seam.text..], seam.sound.as_millis())
    }

    const WORDS: [(&str, u64); 8] = [
        ("First", 900),
        ("there", 1_800),
        ("was", 2_700),
        ("a", 2_800),
        ("river,", 4_000),
        ("and", 4_500),
        ("then", 5_000),
        ("\u{2014}", 5_200),
    ];

    #[test]
    fn it_goes_on_behind_the_last_word_that_was_told_to_be_over() {
        assert_eq!(rest(&WORDS, 800), (TEXT, 0));
        assert_eq!(
            rest(&WORDS, 2_750),
            (" a river, and then \u{2014} a ferry.", 2_700)
        );
        assert_eq!(rest(&WORDS, 4_100), (" and then \u{2014} a ferry.", 4_000));
    }

    #[test]
    fn behind_what_was_told_the_pace_decides() {
        let (rest_after, sound) = rest(&WORDS[..5], 4_000);
        assert_eq!((rest_after, sound), (" and then \u{2014} a ferry.", 4_000));
        let (rest_after, sound) = rest(&WORDS[..5], 60_000);
        assert_eq!(rest_after, "");
        assert!(sound > 4_000);
    }

    #[test]
    fn words_that_are_not_of_the_text_are_not_believed() {
        let pace = Pace::default();
        let made = Duration::from_millis(1_500);
        let by_pace = pace.seam(TEXT, made);
        let strange = seam(&told(&[("Second", 200), ("there", 2_000)]), TEXT, made, &pace);
        assert_eq!((strange.text, strange.sound), (by_pace.text, by_pace.sound));
        assert_eq!(behind("", 0, "word"), None);
        assert_eq!(behind("x", 9, "word"), None);
    }
}
