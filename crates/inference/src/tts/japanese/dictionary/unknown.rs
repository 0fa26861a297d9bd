//! Words that are no entry: how far one goes, by the classes of its characters.

use super::file::{self, Numbers};
use crate::error::InferenceError;

/// Codes for which a class is written down.
const CODES: usize = 0x1_0000;
/// Classes that there may be; IPADIC has eleven.
const CLASSES_MAX: usize = 64;

/// What holds for a class of characters: kanji, katakana, Latin letters.
#[derive(Debug, Clone, Copy)]
struct Class {
    /// Whether a word of it is thought of even where entries fit.
    is_always: bool,
    /// Whether characters of it that stand together are one word.
    is_grouped: bool,
}

/// The classes of all characters.
pub(super) struct Classes {
    of: Vec<u8>,
    classes: Vec<Class>,
}

impl Classes {
    /// `of` holds a class for each code up to 65 535, `classes` what holds for each class.
    pub(super) fn new(of: Vec<u8>, classes: &[u8]) -> Result<Self, InferenceError> {
        if of.len() != CODES {
            return Err(file::broken("unk_char.dat", "it is not a table of 65536 classes"));
        }
        let mut numbers = Numbers::new(classes);
        let mut known = Vec::new();
        // Behind the last class the file is filled with zeros: a class without a name.
        while let (Some(is_always), Some(is_grouped), Some(_)) = (numbers.u8(), numbers.u8(), numbers.size())
        {
            match numbers.text() {
                None | Some([]) => break,
                Some(_) if known.len() == CLASSES_MAX => {
                    return Err(file::broken("unk_invoke.dat", "it has too many classes"));
                }
                Some(_) => known.push(Class {
                    is_always: is_always != 0,
                    is_grouped: is_grouped != 0,
                }),
            }
        }
        if of.iter().any(|class| usize::from(*class) >= known.len()) {
            return Err(file::broken("unk_char.dat", "it names a class that there is not"));
        }
        Ok(Self { of, classes: known })
    }

    fn of(&self, letter: char) -> usize {
        // Beyond the table is the default, which is the first.
        self.of.get(letter as usize).copied().map_or(0, usize::from)
    }

    /// Class and length in bytes of the word of no entry that `text` begins with; `None` where entries will do.
    pub(super) fn word(&self, text: &str, has_entries: bool) -> Option<(usize, usize)> {
        let first = text.chars().next()?;
        let of = self.of(first);
        let class = self.classes.get(of)?;
        if has_entries && !class.is_always {
            return None;
        }
        let alike = |letter: &char| class.is_grouped && self.of(*letter) == of;
        let more: usize = text.chars().skip(1).take_while(alike).map(char::len_utf8).sum();
        Some((of, first.len_utf8() + more))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn classes_are_checked_and_group() {
        let mut of = vec![0; CODES];
        of['ア' as usize] = 1;
        of['イ' as usize] = 1;
        let table = b"\0\x01\0\0\0\0DEFAULT\0\x01\x01\0\0\0\0KATAKANA\0\0\0\0\0\0\0\0";
        let classes = Classes::new(of.clone(), table).unwrap();
        assert_eq!(classes.word("アイa", true), Some((1, 6)));
        assert_eq!(classes.word("aア", true), None);
        assert_eq!(classes.word("aア", false), Some((0, 1)));
        assert_eq!(classes.word("🙂🙂", false), Some((0, 8)));
        assert_eq!(classes.word("", false), None);
        of[7] = 2;
        assert!(Classes::new(of, table).is_err());
        assert!(Classes::new(vec![0; 9], table).is_err());
        assert!(Classes::new(vec![0; CODES], b"").is_err());
    }
}
