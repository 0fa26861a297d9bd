//! How long a text sounds, before a voice has spoken it.

use std::time::Duration;

/// Speaking rate of alphabets, for each character with the spaces between words.
const LETTER: Duration = Duration::from_millis(60);
/// Speaking rate of kana, kanji, hanzi and hangul: mostly a syllable each, six or seven a second.
const SYLLABLE: Duration = Duration::from_millis(150);
/// Where the scripts of East Asia begin.
const EAST_ASIAN_FROM: char = '\u{2e80}';

/// How long a text will sound, in the rough.
pub(crate) fn expected_length(text: &str) -> Duration {
    text.chars()
        .map(|mark| match mark >= EAST_ASIAN_FROM {
            true => SYLLABLE,
            false => LETTER,
        })
        .sum()
}
