//! How a character's voice is to be given certain words: spelled as they sound. What people read keeps its spelling.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The words of one character; clones share them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lexicon(Arc<[Entry]>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    word: String,
    /// Written without a capital, it is meant in any case.
    any_case: bool,
    sounds: String,
}

impl Lexicon {
    /// From word to the spelling that a voice reads right. A word in small letters is found in any case, any other one
    /// as it is written.
    pub fn new(words: &BTreeMap<String, String>) -> Self {
        let mut entries: Vec<Entry> = words
            .iter()
            .filter(|(word, _)| !word.is_empty())
            .map(|(word, sounds)| Entry {
                any_case: !word.chars().any(char::is_uppercase),
                word: word.clone(),
                sounds: sounds.clone(),
            })
            .collect();
        // The longest first, so that "New York" is found before "York"; among two of one spelling the exact one.
        entries.sort_by_key(|entry| (std::cmp::Reverse(entry.word.chars().count()), entry.any_case));
        Self(entries.into())
    }

    /// The text with its words spelled as they sound. Whole words alone are found, from left to right, and what took a
    /// word's place is not searched again.
    pub(super) fn respelled<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut out = String::new();
        let (mut copied, mut before) = (0, None);
        let mut letters = text.char_indices();
        while let Some((at, letter)) = letters.next() {
            let is_begin = before.is_none_or(|before| is_between_words(before, letter));
            before = Some(letter);
            if !is_begin {
                continue;
            }
            let rest = text.get(at..).unwrap_or_default();
            let Some((entry, length)) = self.0.iter().find_map(|entry| Some((entry, entry.begins(rest)?)))
            else {
                continue;
            };
            out.push_str(text.get(copied..at).unwrap_or_default());
            out.push_str(&entry.sounds);
            copied = at + length;
            before = text.get(..copied).and_then(|word| word.chars().next_back());
            letters = text.char_indices();
            // What is skipped was the word itself.
            let skipped = text.get(..copied).map_or(0, |word| word.chars().count());
            if let Some(skipped) = skipped.checked_sub(1) {
                letters.nth(skipped);
            }
        }
        if copied == 0 {
            return Cow::Borrowed(text);
        }
        out.push_str(text.get(copied..).unwrap_or_default());
        Cow::Owned(out)
    }
}

impl Entry {
    /// The length in bytes of this word at the beginning of `text`, if it stands there whole.
    fn begins(&self, text: &str) -> Option<usize> {
        let mut rest = text.chars();
        for letter in self.word.chars() {
            let other = rest.next()?;
            let is_same = other == letter || self.any_case && other.to_lowercase().eq(letter.to_lowercase());
            if !is_same {
                return None;
            }
        }
        let rest = rest.as_str();
        let (last, next) = (self.word.chars().next_back()?, rest.chars().next());
        let is_whole = next.is_none_or(|next| is_between_words(last, next));
        is_whole.then_some(text.len() - rest.len())
    }
}

/// Whether one word may end with the one character and another begin with the other. Between Japanese and Chinese
/// words nothing stands, so there every character may.
fn is_between_words(before: char, after: char) -> bool {
    !before.is_alphanumeric() || !after.is_alphanumeric() || is_unspaced(before) || is_unspaced(after)
}

/// Kana and Chinese characters.
fn is_unspaced(letter: char) -> bool {
    matches!(letter, '\u{3005}'..='\u{30FF}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lexicon(words: &[(&str, &str)]) -> Lexicon {
        let words = words
            .iter()
            .map(|(word, sounds)| ((*word).to_owned(), (*sounds).to_owned()));
        Lexicon::new(&words.collect())
    }

    #[test]
    fn whole_words_are_respelled() {
        let words = lexicon(&[
            ("Siobhan", "Shivawn"),
            ("gif", "jif"),
            ("US", "U S"),
            ("York", "Yorick"),
            ("New York", "Noo York"),
            ("naïve", "nah eve"),
        ]);
        for (text, expected) in [
            ("Siobhan's gif, Gif and GIF.", "Shivawn's jif, jif and jif."),
            ("gifts, agif, gif2, gif-like", "gifts, agif, gif2, jif-like"),
            ("siobhan told us of the US", "siobhan told us of the U S"),
            ("New York or York", "Noo York or Yorick"),
            ("NAÏVE (naïve)", "nah eve (nah eve)"),
            ("gif gif", "jif jif"),
            ("nothing here", "nothing here"),
            ("", ""),
        ] {
            assert_eq!(words.respelled(text), expected, "{text}");
        }
    }

    #[test]
    fn words_are_found_where_nothing_stands_between() {
        let words = lexicon(&[("小鳥遊", "たかなし"), ("gif", "ジフ")]);
        assert_eq!(
            words.respelled("小鳥遊さん、このgifを見て"),
            "たかなしさん、このジフを見て"
        );
    }

    #[test]
    fn what_took_a_words_place_is_not_searched_again() {
        let words = lexicon(&[("a", "a a"), ("cat", "dog"), ("dog", "cat")]);
        assert_eq!(words.respelled("a cat, a dog"), "a a dog, a a cat");
    }

    #[test]
    fn without_words_nothing_is_copied() {
        assert!(matches!(Lexicon::default().respelled("A gif."), Cow::Borrowed(_)));
        assert!(matches!(
            lexicon(&[("gif", "jif")]).respelled("Hello."),
            Cow::Borrowed(_)
        ));
    }
}
