//! Words that occur once, so that none can be lost or posted twice without notice.

use troupe_seeded::Chance;

/// Letters that the middle of such a word is made of.
const LETTERS: &[u8; 20] = b"abcdefghijklmnopqrst";
/// Sentences of a reply that does not know when to stop.
const RAMBLE_SENTENCES: u64 = 90;

/// Makes words.
#[derive(Debug, Default)]
pub(crate) struct Words {
    made: usize,
}

impl Words {
    /// Letters alone: the core takes every one for equally long, and so do the voices here.
    fn unique(&mut self) -> String {
        self.made += 1;
        let (mut word, mut rest) = (String::from("w"), self.made);
        while rest > 0 {
            word.push(char::from(LETTERS[rest % LETTERS.len()]));
            rest /= LETTERS.len();
        }
        word.push('x');
        word
    }

    /// So many words of their own.
    pub(crate) fn several(&mut self, count: u64) -> Vec<String> {
        (0..count).map(|_| self.unique()).collect()
    }

    /// A reply of some sentences.
    pub(crate) fn reply(&mut self, chance: &mut Chance, names: &[String]) -> String {
        let sentences = chance.within(1, 3);
        self.sentences(sentences, chance, names)
    }

    /// A reply without end.
    pub(crate) fn ramble(&mut self, chance: &mut Chance) -> String {
        self.sentences(RAMBLE_SENTENCES, chance, &[])
    }

    fn sentences(&mut self, sentences: u64, chance: &mut Chance, names: &[String]) -> String {
        let mut text = String::new();
        for sentence in 0..sentences {
            if sentence > 0 {
                text.push(' ');
            }
            if chance.percent(10)
                && let Some(name) = chance.pick(&names.iter().collect::<Vec<_>>())
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
        .is_some_and(|middle| !middle.is_empty() && middle.bytes().all(|letter| LETTERS.contains(&letter)))
}

/// The words of a text, without punctuation.
pub(crate) fn words_of(text: &str) -> impl Iterator<Item = &str> {
    text.split_whitespace()
        .map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()))
        .filter(|word| !word.is_empty())
}

/// The words of a text that occur once.
pub(crate) fn unique_of(text: &str) -> impl Iterator<Item = &str> {
    words_of(text).filter(|word| is_unique(word))
}

/// How long a word takes, in letters.
pub(crate) fn length_of(word: &str) -> u64 {
    1 + word.chars().filter(|letter| letter.is_alphabetic()).count() as u64
}

/// Signs of listening that people give here.
pub(crate) const SIGNS: [&str; 4] = ["Mhm", "Yeah", "Okay", "Uh-huh"];
