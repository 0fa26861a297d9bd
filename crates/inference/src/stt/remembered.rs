//! What pieces of speech were heard as: a turn that goes on begins with the same pieces at each of its pauses.

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Pieces that are remembered: a minute's turn of each of several people. Full: the oldest is forgotten, and heard
/// again when it comes again.
const PIECES_MAX: usize = 48;

/// Texts of pieces, the newest last. The sound itself is not kept.
#[derive(Debug, Default)]
pub(super) struct Remembered(VecDeque<(Key, String)>);

/// Length and hash of a piece's samples.
type Key = (usize, u64);

impl Remembered {
    /// The text of a piece that was heard before.
    pub(super) fn text(&self, speech: &[f32]) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let wanted = key(speech);
        let known = self.0.iter().find(|(key, _)| *key == wanted);
        known.map(|(_, text)| text.clone())
    }

    /// Keeps a piece's text, once.
    pub(super) fn keep(&mut self, speech: &[f32], text: &str) {
        let key = key(speech);
        self.0.retain(|(known, _)| *known != key);
        if self.0.len() >= PIECES_MAX {
            self.0.pop_front();
        }
        self.0.push_back((key, text.to_owned()));
    }
}

fn key(speech: &[f32]) -> Key {
    let mut hasher = DefaultHasher::new();
    for sample in speech {
        sample.to_bits().hash(&mut hasher);
    }
    (speech.len(), hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_known_by_its_sound() {
        let mut remembered = Remembered::default();
        assert_eq!(remembered.text(&[0.1, 0.2]), None);
        remembered.keep(&[0.1, 0.2], "hello");
        assert_eq!(remembered.text(&[0.1, 0.2]).as_deref(), Some("hello"));
        assert_eq!(remembered.text(&[0.1, 0.3]), None);
        assert_eq!(remembered.text(&[0.1]), None);
    }

    #[test]
    fn the_oldest_is_forgotten() {
        let mut remembered = Remembered::default();
        for at in 0..=PIECES_MAX {
            remembered.keep(&[at as f32], "word");
        }
        assert_eq!(remembered.text(&[0.0]), None);
        assert!(remembered.text(&[1.0]).is_some());
        assert_eq!(remembered.0.len(), PIECES_MAX);
    }
}
