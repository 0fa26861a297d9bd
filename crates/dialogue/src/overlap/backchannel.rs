//! Signs of listening.

use crate::endpointing::words;

/// Longest row of signs that is looked at, words: more have to be something else.
const WORDS_MAX: usize = 30;

/// Words that by themselves claim no turn. English, with the sounds that most languages share.
const SIGNS: &[&str] = &[
    "ah", "aha", "ahh", "alright", "cool", "exactly", "fine", "good", "great", "ha", "haha", "hah", "hm",
    "hmm", "huh", "indeed", "mhm", "mhmm", "mm", "mmhm", "mmm", "nice", "oh", "ok", "okay", "really",
    "right", "sure", "true", "uh", "uhhuh", "uhuh", "wow", "yeah", "yep", "yes", "yup",
];
/// Signs of several words.
const PHRASES: &[&[&str]] = &[
    &["all", "right"],
    &["got", "it"],
    &["go", "on"],
    &["i", "see"],
    &["of", "course"],
    &["that's", "right"],
    &["uh", "huh"],
    &["i", "know"],
];

/// Whether `text` is a sign of listening and nothing else.
pub(crate) fn is_backchannel(text: &str) -> bool {
    let words: Vec<String> = words(text).take(WORDS_MAX + 1).collect();
    if words.is_empty() || words.len() > WORDS_MAX {
        return false;
    }
    let mut rest: &[String] = &words;
    while let Some(first) = rest.first() {
        let phrase = PHRASES
            .iter()
            .find(|phrase| phrase.len() <= rest.len() && phrase.iter().zip(rest).all(|(a, b)| a == b));
        let taken = match phrase {
            Some(phrase) => phrase.len(),
            None if SIGNS.contains(&first.as_str()) => 1,
            None => return false,
        };
        rest = rest.get(taken..).unwrap_or_default();
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_listening_are_short_and_claim_nothing() {
        for text in [
            "Mhm.",
            "mm-hmm",
            "Uh-huh.",
            "Yeah, yeah.",
            "Oh, I see.",
            "Right, okay.",
            "Got it.",
        ] {
            assert!(is_backchannel(text), "{text:?}");
        }
        for text in ["", "No.", "Stop", "Yeah but", "I see a bird", "go away"] {
            assert!(!is_backchannel(text), "{text:?}");
        }
    }
}
