//! How Japanese text sounds: written text → words in kana → symbols of Kokoro's Japanese voices.
//!
//! `written` divides a text, `numbers` and `latin` say what is no Japanese, `dictionary` reads kanji, and
//! `kana` turns what was read into sounds. The voices learnt words with spaces between; an inflected form is
//! one word with its endings.

mod counters;
mod dictionary;
mod kana;
mod latin;
mod numbers;
mod written;

use std::path::Path;
use std::sync::Arc;

use dictionary::{Found, Kind, Words};
use written::Piece;

use super::dictionary::Dictionary;
use crate::error::InferenceError;
use crate::models::JAPANESE_NAME;

/// Kana that end in *o*: an *u* after them is part of a long vowel.
const ENDS_IN_O: &[char] = &[
    'オ', 'コ', 'ゴ', 'ソ', 'ゾ', 'ト', 'ド', 'ノ', 'ホ', 'ボ', 'ポ', 'モ', 'ヨ', 'ロ', 'ョ',
];

/// Reads Japanese; shared by all voices of the process.
pub struct Japanese {
    words: Option<Words>,
    english: Arc<Dictionary>,
}

impl Japanese {
    /// Reads the dictionary from the folder of the model of that name; English words are said as `english`
    /// has them, with the sounds that Japanese has.
    ///
    /// # Errors
    /// When a file is missing or is not what it should be.
    pub fn load(folder: &Path, english: Arc<Dictionary>) -> Result<Self, InferenceError> {
        Ok(Self {
            words: Some(Words::load(folder)?),
            english,
        })
    }

    /// Reads kana alone: what is written in kanji is refused, and a particle is said as it is spelled.
    pub fn of_kana(english: Arc<Dictionary>) -> Self {
        Self { words: None, english }
    }

    /// The sounds of a text, pauses as marks between; empty if there is nothing to say.
    ///
    /// # Errors
    /// When the text has kanji and there is no dictionary.
    pub fn read(&self, text: &str) -> Result<String, InferenceError> {
        let text = written::normal(text);
        let mut line = Line::default();
        for piece in written::pieces(&text) {
            match piece {
                Piece::Japanese(text) => self.japanese(text, &mut line)?,
                Piece::Latin(text) => line.add(&latin::kana(&self.english, text), Kind::Other),
                Piece::Said(said) => line.add(&said, Kind::Other),
                Piece::Mark(mark) => line.mark(mark),
                Piece::Gap => {}
            }
        }
        Ok(line.sounds())
    }

    fn japanese(&self, text: &str, line: &mut Line) -> Result<(), InferenceError> {
        let Some(words) = &self.words else {
            if text.contains(written::is_kanji) {
                return Err(InferenceError::Input {
                    model: JAPANESE_NAME,
                    detail: format!(
                        "kanji need the dictionary; `troupe models pull {JAPANESE_NAME}` fetches it"
                    ),
                });
            }
            line.add(&kana::to_katakana(text), Kind::Other);
            return Ok(());
        };
        let found = words.words(text);
        let mut rest = found.as_slice();
        while let Some((word, after)) = rest.split_first() {
            if let Some((said, count)) = counted(rest) {
                line.add(&said, Kind::Other);
                rest = rest.get(count..).unwrap_or_default();
                continue;
            }
            // A word of no entry is said if it is written in kana.
            line.add(word.sound.unwrap_or(word.text), word.kind);
            rest = after;
        }
        Ok(())
    }
}

/// The number that some words begin with, said with what it counts, and how many words that is.
fn counted(words: &[Found<'_>]) -> Option<(String, usize)> {
    let count = words.iter().take_while(|word| word.kind == Kind::Numeral).count();
    let joined = |words: &[Found<'_>]| words.iter().map(|word| word.text).collect::<String>();
    let (numerals, after) = words.split_at_checked(count)?;
    let number = numbers::from_kanji(&joined(numerals))?;
    // A counter is one word, or two.
    let counter = (1..=2).rev().find_map(|more| {
        let text = joined(after.get(..more)?);
        counters::counter(&text)
            .filter(|(_, len)| *len == text.len())
            .map(|(counter, _)| (counter, more))
    });
    match counter {
        Some((counter, more)) => Some((counters::counted(number, counter), count + more)),
        None => Some((numbers::cardinal(number), count)),
    }
}

/// What is said: words in katakana, and marks.
#[derive(Default)]
struct Line {
    parts: Vec<Part>,
}

enum Part {
    Word(String, Kind),
    Mark(char),
}

impl Line {
    /// Adds a word, to the one before if it goes on with that.
    fn add(&mut self, word: &str, kind: Kind) {
        let word = kana::to_katakana(word);
        if !word.contains(kana::is_kana) {
            return;
        }
        if let Some(Part::Word(before, last)) = self.parts.last_mut()
            && goes_on(before, *last, &word, kind)
        {
            if word == "ウ" && before.ends_with(ENDS_IN_O) {
                before.push('ー');
            } else {
                before.push_str(&word);
            }
            *last = kind;
            return;
        }
        self.parts.push(Part::Word(word, kind));
    }

    /// Adds a pause or a quotation mark; of pauses that follow each other the first one counts.
    fn mark(&mut self, mark: char) {
        let is_pause = |mark: char| !matches!(mark, '“' | '”');
        let is_second =
            matches!(self.parts.last(), Some(Part::Mark(before)) if is_pause(*before)) && is_pause(mark);
        let is_first = self.parts.is_empty() && mark != '“';
        if !is_first && !is_second {
            self.parts.push(Part::Mark(mark));
        }
    }

    fn sounds(&self) -> String {
        if !self.parts.iter().any(|part| matches!(part, Part::Word(..))) {
            return String::new();
        }
        let mut out = String::new();
        for part in &self.parts {
            match part {
                Part::Word(word, _) => {
                    if !out.is_empty() && !out.ends_with('“') {
                        out.push(' ');
                    }
                    out.push_str(&kana::sounds(word));
                }
                Part::Mark('“') if !out.is_empty() => out.push_str(" “"),
                Part::Mark(mark) => out.push(*mark),
            }
        }
        out
    }
}

/// Whether a word is said as one with the word before.
fn goes_on(before: &str, last: Kind, word: &str, kind: Kind) -> bool {
    let is_ending = kind == Kind::Ending && matches!(last, Kind::Inflected | Kind::Ending);
    // *masu* and *desu* stand for themselves, with endings of their own.
    let stands_alone = ["マ", "デス", "デシ"].iter().any(|start| word.starts_with(start));
    (is_ending && !stands_alone) || before.ends_with('ッ') || word.starts_with(['ー', 'ッ', 'ン'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_go_on_with_their_verb() {
        let said = |words: &[(&str, Kind)]| {
            let mut line = Line::default();
            for (word, kind) in words {
                match word.chars().next() {
                    Some(mark @ ('.' | ',' | '“' | '”')) => line.mark(mark),
                    _ => line.add(word, *kind),
                }
            }
            line.sounds()
        };
        let (verb, ending, other) = (Kind::Inflected, Kind::Ending, Kind::Other);
        for (words, expected) in [
            (vec![("イッ", verb), ("タ", ending)], "iʔta"),
            (
                vec![("タベ", verb), ("マシ", ending), ("タ", ending)],
                "tabe maɕita",
            ),
            (
                vec![("アイ", verb), ("マショ", ending), ("ウ", ending)],
                "ai maɕoː",
            ),
            (
                vec![("ハナ", other), ("デス", ending), (".", other)],
                "hana desɨ.",
            ),
            (
                vec![
                    ("ト", other),
                    ("“", other),
                    ("ハイ", other),
                    (".", other),
                    ("”", other),
                    ("ト", other),
                ],
                "to “hai.” to",
            ),
            (
                vec![
                    (",", other),
                    ("ア", other),
                    (",", other),
                    (".", other),
                    ("猫", other),
                ],
                "a,",
            ),
            (vec![(".", other)], ""),
        ] {
            assert_eq!(said(&words), expected);
        }
    }
}
