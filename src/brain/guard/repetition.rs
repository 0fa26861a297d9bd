//! Answers that go in circles.

use std::collections::VecDeque;

/// Longest circle that is noticed, words.
const PERIOD_MAX: usize = 16;
/// A circle of so many words is one when it comes a second time; shorter ones are how people talk.
const SENTENCE: usize = 6;

/// Times that a circle of `period` words may be said.
fn times(period: usize) -> usize {
    match period {
        // "No, no, no, no", and "ha ha ha ha".
        1 => 6,
        2 | 3 => 4,
        SENTENCE.. => 2,
        _ => 3,
    }
}

/// The latest words of an answer.
#[derive(Debug, Default)]
pub(super) struct Repetition {
    words: VecDeque<String>,
}

impl Repetition {
    /// Adds a word and says whether it closes a circle.
    pub(super) fn repeats(&mut self, word: &str) -> bool {
        self.words.push_front(word.to_owned());
        self.words.truncate(PERIOD_MAX * 2);
        (1..=PERIOD_MAX).any(|period| {
            let needed = period * times(period);
            needed <= self.words.len()
                && (period..needed).all(|index| self.words.get(index) == self.words.get(index - period))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closes(text: &str) -> bool {
        let mut repetition = Repetition::default();
        text.split(' ').any(|word| repetition.repeats(word))
    }

    #[test]
    fn circles_are_told_from_emphasis() {
        assert!(closes("i like the sea very much i like the sea very much"));
        assert!(closes("no no no no no no"));
        assert!(closes("round and round and round and round and"));
        assert!(!closes("no no no that is not it"));
        assert!(!closes("the more you look the more you see the more you want"));
        assert!(!closes("never never give up i mean it never give up"));
    }
}
