//! How words sound: Misaki's dictionary of American English, read from its files.

use std::collections::HashMap;
use std::path::Path;

use misaki_rs::lexicon::{PhonemeEntry, TokenContext};
use misaki_rs::{Language, Lexicon};

use super::written::spoken;
use super::{letters, reader};
use crate::error::InferenceError;
use crate::models::{DICTIONARY_CHECKED, DICTIONARY_MADE, DICTIONARY_NAME};

/// How much louder a word is said for its capital letters: one, or all.
const CAPITAL_STRESS: (f64, f64) = (0.5, 2.0);

/// What stands around a word, as far as its sounds depend on it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Around {
    /// Whether what follows begins with a vowel; `None` before a pause.
    pub(super) vowel_next: Option<bool>,
    /// Whether *to* follows.
    pub(super) to_next: bool,
}

/// The dictionary; shared by all voices of the process, about 35 MB.
pub struct Dictionary {
    words: Lexicon,
}

impl Dictionary {
    /// Reads the dictionary from the folder of the model of that name.
    ///
    /// # Errors
    /// When a file is missing or is not what it should be.
    pub fn load(folder: &Path) -> Result<Self, InferenceError> {
        Ok(Self {
            words: Lexicon {
                lang: Language::EnglishUS,
                cap_stresses: CAPITAL_STRESS,
                golds: table(&folder.join(DICTIONARY_CHECKED))?,
                silvers: table(&folder.join(DICTIONARY_MADE))?,
            },
        })
    }

    /// The sounds of a text in the dictionary's notation, pauses as marks between; empty if there is nothing
    /// to say.
    pub fn read(&self, text: &str) -> String {
        let text = spoken(text);
        if text.contains(char::is_alphanumeric) {
            reader::sounds(self, &text)
        } else {
            String::new()
        }
    }

    /// Whether the very spelling is an entry.
    pub(super) fn has(&self, spelling: &str) -> bool {
        self.words.golds.contains_key(spelling) || self.words.silvers.contains_key(spelling)
    }

    /// The sounds of a word; `tag` is its part of speech in the Penn Treebank's abbreviations, empty when it
    /// is not known. A word that is no entry is said by the rules of its letters.
    pub(super) fn sounds(&self, word: &str, tag: &str, around: Around) -> Option<String> {
        let context = TokenContext {
            future_vowel: around.vowel_next,
            future_to: around.to_next,
        };
        let known = |word: &str| {
            let is_lower = word == word.to_lowercase();
            let is_upper = word == word.to_uppercase();
            let stress = match (is_lower, is_upper) {
                (true, _) => None,
                (_, false) => Some(CAPITAL_STRESS.0),
                (_, true) => Some(CAPITAL_STRESS.1),
            };
            let found = self.words.get_word(word, tag, stress, Some(&context));
            found.map(|(sounds, _)| sounds)
        };
        known(word).or_else(|| {
            // A name's genitive: the name by its letters, and what an `s` makes of its last sound.
            match word.strip_suffix("'s") {
                Some(name) => Some(self.words.append_s(&known(name).or_else(|| letters::say(name))?)),
                None => letters::say(word),
            }
        })
    }
}

fn table(path: &Path) -> Result<HashMap<String, PhonemeEntry>, InferenceError> {
    let named = |error: &dyn std::fmt::Display| {
        InferenceError::load(DICTIONARY_NAME, format!("{}: {error}", path.display()))
    };
    let bytes = std::fs::read(path).map_err(|error| named(&error))?;
    serde_json::from_slice(&bytes).map_err(|error| named(&error))
}
