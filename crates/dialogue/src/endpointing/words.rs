//! What the words of a turn say about its end.
//!
//! Punctuation is the transcriber's and stands for prosody and syntax alike, in any language; the lists of
//! words are English, and other languages do without them.

/// How the words end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// With a question mark.
    Question,
    /// With a full stop or exclamation mark.
    Sentence,
    /// With anything else, or there are none.
    Open,
}

/// Cues in the words of a turn so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WordCues {
    /// How they end.
    pub ending: Ending,
    /// The last word wants another.
    pub hangs: bool,
    /// The last words are digits or single letters.
    pub spells: bool,
    /// At most three words, and at least one.
    pub is_short: bool,
}

/// Words that no thought ends with.
const HANGING: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "because", "but", "by", "er", "erm", "for", "from", "hmm", "if",
    "in", "into", "is", "like", "my", "of", "on", "or", "our", "than", "that's", "the", "their", "to", "uh",
    "um", "was", "were", "with", "your",
];
/// Digits as people say them.
const DIGITS: &[&str] = &[
    "zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "double", "dash",
];

impl WordCues {
    /// Reads the cues of `text`.
    pub fn of(text: &str) -> Self {
        let words: Vec<String> = words(text).collect();
        let last = words.last().map(String::as_str).unwrap_or_default();
        let spelled = words.iter().rev().take_while(|word| is_spelled(word)).count();
        // "Could I" and "such a" spell nothing.
        let spelled = if spelled == 1 && matches!(last, "a" | "i") {
            0
        } else {
            spelled
        };
        let hangs = HANGING.contains(&last);
        Self {
            ending: if hangs { Ending::Open } else { ending(text) },
            hangs,
            spells: spelled >= 2
                || spelled == 1 && last.chars().all(|c| c.is_ascii_digit()) && last.len() <= 2,
            is_short: (1..=3).contains(&words.len()),
        }
    }
}

fn ending(text: &str) -> Ending {
    let text = text.trim_end().trim_end_matches(['"', '\'', ')', '”', '’', ' ']);
    match text.chars().last() {
        Some('?' | '？') => Ending::Question,
        Some('.' | '。') if text.ends_with("...") || text.ends_with("..") => Ending::Open,
        Some('.' | '!' | '。' | '！') => Ending::Sentence,
        _ => Ending::Open,
    }
}

fn is_spelled(word: &str) -> bool {
    DIGITS.contains(&word) || word.chars().all(|c| c.is_ascii_digit()) || word.len() == 1
}

/// The words of a text, without case and punctuation; apostrophes stay.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’'))
        .map(|word| word.trim_matches(['\'', '’']).replace('’', "'").to_lowercase())
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, ending: Ending, hangs: bool, spells: bool) {
        let cues = WordCues::of(text);
        assert_eq!(
            (cues.ending, cues.hangs, cues.spells),
            (ending, hangs, spells),
            "{text:?}"
        );
    }

    #[test]
    fn the_end_of_the_words_tells() {
        check("How does it stay up?", Ending::Question, false, false);
        check("\"Who said 'no?'\"", Ending::Question, false, false);
        check("I think so. ", Ending::Sentence, false, false);
        check("So I thought...", Ending::Open, false, false);
        check("I'd like a coffee and.", Ending::Open, true, false);
        check("Um,", Ending::Open, true, false);
        check("My number is four one", Ending::Open, false, true);
        check("It is spelled T-I", Ending::Open, false, true);
        check("I was born in 1987.", Ending::Sentence, false, false);
        check("", Ending::Open, false, false);
    }

    #[test]
    fn a_year_is_said_at_once_and_a_number_digit_by_digit() {
        assert!(!WordCues::of("the fourth of May 1987").spells);
        assert!(WordCues::of("it's 4 1").spells);
        assert!(WordCues::of("oh seven double three").spells);
    }
}
