//! Words that occur once, so that none can be lost or posted twice without notice.

use crate::chance::Chance;

/// Makes words.
#[derive(Debug, Default)]
pub(crate) struct Words {
    made: u64,
}

impl Words {
    fn unique(&mut self) -> String {
        self.made += 1;
        format!("w{}x", self.made)
    }

    /// So many words of their own.
    pub(crate) fn several(&mut self, count: u64) -> Vec<String> {
        (0..count).map(|_| self.unique()).collect()
    }

    /// A reply of some sentences.
    pub(crate) fn reply(&mut self, chance: &mut Chance, names: &[String]) -> String {
        let mut text = String::new();
        for sentence in 0..chance.within(1, 3) {
            if sentence > 0 {
                text.push(' ');
            }
            if chance.percent(10)
                && let Some(name) = names.first()
            {
                text.push_str(name);
                text.push_str(", ");
            }
            let count = chance.within(1, 9);
            text.push_str(&self.several(count).join(" "));
            text.push(if chance.percent(25) { '?' } else { '.' });
        }
        text
    }
}

/// Whether a word occurs once.
pub(crate) fn is_unique(word: &str) -> bool {
    word.strip_prefix('w')
        .and_then(|rest| rest.strip_suffix('x'))
        .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The words of a text, without punctuation.
pub(crate) fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
}
