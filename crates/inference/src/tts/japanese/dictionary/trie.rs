//! A double array: all spellings in one table of steps, a byte each.

use super::file::{self, Numbers};
use crate::error::InferenceError;

/// Where every search begins.
const ROOT: usize = 0;

/// Spellings and their numbers.
///
/// From node `n` byte `b` leads to `base[n] + b`, if `check` there says that one comes from `n`. A spelling ends
/// where byte 0 leads on; the node there holds its number `v` as `-v - 1`.
pub(super) struct Trie {
    base: Vec<i32>,
    check: Vec<i32>,
}

impl Trie {
    /// Takes the two tables as they are in their files; they may say what they like.
    pub(super) fn new(base: &[u8], check: &[u8]) -> Result<Self, InferenceError> {
        if base.is_empty() || base.len() != check.len() {
            return Err(file::broken("check.dat", "its length is not that of base.dat"));
        }
        Ok(Self {
            base: Numbers::new(base).all_i32(),
            check: Numbers::new(check).all_i32(),
        })
    }

    /// Calls `found` with the length in bytes and the number of each spelling that `text` begins with.
    pub(super) fn prefixes(&self, text: &str, mut found: impl FnMut(usize, usize)) {
        let mut node = ROOT;
        for (at, byte) in text.bytes().enumerate() {
            let Some(next) = self.step(node, byte) else {
                return;
            };
            node = next;
            let number = self
                .step(node, 0)
                .and_then(|end| usize::try_from(-(i64::from(*self.base.get(end)?)) - 1).ok());
            if let Some(number) = number {
                found(at + 1, number);
            }
        }
    }

    fn step(&self, node: usize, byte: u8) -> Option<usize> {
        let next = i64::from(*self.base.get(node)?) + i64::from(byte);
        let next = usize::try_from(next).ok()?;
        let from = usize::try_from(*self.check.get(next)?).ok()?;
        (from == node).then_some(next)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn bytes(numbers: &[i32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
    }

    #[test]
    fn spellings_are_found_from_the_start() {
        // "a" is number 4 and "ab" number 7: root 0 leads by `a` to 98, whose children begin at 100.
        let mut base = vec![0; 300];
        let mut check = vec![-1; 300];
        base[0] = 1;
        (base[98], check[98]) = (100, 0);
        (base[100], check[100]) = (-5, 98);
        (base[198], check[198]) = (200, 98);
        (base[200], check[200]) = (-8, 198);
        let trie = Trie::new(&bytes(&base), &bytes(&check)).unwrap();
        let mut found = Vec::new();
        trie.prefixes("abc", |len, number| found.push((len, number)));
        assert_eq!(found, [(1, 4), (2, 7)]);
        trie.prefixes("ba", |len, number| found.push((len, number)));
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn any_table_is_searched_without_harm() {
        for (base, check) in [
            (vec![i32::MAX; 8], vec![0; 8]),
            (vec![i32::MIN; 8], vec![i32::MIN; 8]),
            (vec![-97; 8], vec![0; 8]),
        ] {
            let trie = Trie::new(&bytes(&base), &bytes(&check)).unwrap();
            trie.prefixes("aaaa", |_, _| {});
        }
        assert!(Trie::new(&[], &[]).is_err());
        assert!(Trie::new(&[0; 8], &[0; 4]).is_err());
    }
}
