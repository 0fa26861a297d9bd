//! Divides a text into words: of all ways the one whose words, and their neighbourhoods, cost least (Viterbi).

use std::ops::Range;

use super::{Entry, Words};

/// What a character costs that is in no word: more than any way around it.
const STRAY_COST: i32 = 100_000;

/// A word of the cheapest way.
pub(super) struct Word {
    /// Where it stands.
    pub(super) bytes: Range<usize>,
    /// Its entry.
    pub(super) entry: Option<usize>,
}

/// The end of a way through the text's beginning.
struct Node {
    start: usize,
    end: usize,
    entry: Option<usize>,
    /// Context that it makes for the next word.
    right: u16,
    /// Cost of the way.
    total: i64,
    /// The node before.
    previous: usize,
}

/// Nodes by number, and which of them end at each byte.
struct Lattice<'a> {
    words: &'a Words,
    nodes: Vec<Node>,
    ends: Vec<Vec<usize>>,
}

/// The words of the cheapest way through `text`, in order and without gaps.
pub(super) fn cheapest(words: &Words, text: &str) -> Vec<Word> {
    // The first node stands for the text's beginning, whose context is 0, as its end's is.
    let begin = Node {
        start: 0,
        end: 0,
        entry: None,
        right: 0,
        total: 0,
        previous: 0,
    };
    let mut lattice = Lattice {
        words,
        nodes: vec![begin],
        ends: vec![Vec::new(); text.len() + 1],
    };
    if let Some(first) = lattice.ends.first_mut() {
        first.push(0);
    }
    for (start, letter) in text.char_indices() {
        if lattice.ends.get(start).is_some_and(|ends| !ends.is_empty()) {
            lattice.extend(text.get(start..).unwrap_or_default(), start, letter);
        }
    }
    let last = lattice.best(text.len(), 0).map_or(0, |(node, _)| node);
    lattice.back_from(last)
}

impl Lattice<'_> {
    /// Adds every word that the text may go on with at `start`.
    fn extend(&mut self, rest: &str, start: usize, letter: char) {
        let words = self.words;
        let count = self.nodes.len();
        words.trie.prefixes(rest, |len, number| {
            let entries = words.spellings.get(number).cloned().unwrap_or_default();
            self.add_all(entries, start..start + len);
        });
        let has_entries = self.nodes.len() > count;
        if let Some((class, len)) = words.classes.word(rest, has_entries) {
            let entries = words.unknown.get(class).cloned().unwrap_or_default();
            self.add_all(entries, start..start + len);
        }
        if self.nodes.len() == count {
            self.add_stray(start, start + letter.len_utf8());
        }
    }

    fn add_all(&mut self, entries: Range<u32>, bytes: Range<usize>) {
        let words = self.words;
        for at in entries.start as usize..entries.end as usize {
            if let Some(entry) = words.entries.get(at) {
                self.add(at, entry, &bytes);
            }
        }
    }

    fn add(&mut self, at: usize, entry: &Entry, bytes: &Range<usize>) {
        if let Some((previous, total)) = self.best(bytes.start, entry.left) {
            self.push(Node {
                start: bytes.start,
                end: bytes.end,
                entry: Some(at),
                right: entry.right,
                total: total + i64::from(entry.cost),
                previous,
            });
        }
    }

    fn add_stray(&mut self, start: usize, end: usize) {
        if let Some((previous, total)) = self.best(start, 0) {
            self.push(Node {
                start,
                end,
                entry: None,
                right: 0,
                total: total + i64::from(STRAY_COST),
                previous,
            });
        }
    }

    fn push(&mut self, node: Node) {
        if let Some(ends) = self.ends.get_mut(node.end) {
            ends.push(self.nodes.len());
            self.nodes.push(node);
        }
    }

    /// The cheapest way up to `at` for what goes on with left context `left`, and its cost with that.
    fn best(&self, at: usize, left: u16) -> Option<(usize, i64)> {
        let ends = self.ends.get(at)?;
        ends.iter()
            .filter_map(|number| {
                let node = self.nodes.get(*number)?;
                let cost = self.words.connections.cost(node.right, left);
                Some((*number, node.total + i64::from(cost)))
            })
            .min_by_key(|(_, total)| *total)
    }

    fn back_from(&self, last: usize) -> Vec<Word> {
        let mut words = Vec::new();
        let mut at = last;
        while let Some(node) = self.nodes.get(at).filter(|_| at != 0) {
            words.push(Word {
                bytes: node.start..node.end,
                entry: node.entry,
            });
            at = node.previous;
        }
        words.reverse();
        words
    }
}
