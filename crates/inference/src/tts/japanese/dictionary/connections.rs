//! What it costs that one kind of word follows another.

use super::file::{self, Numbers};
use crate::error::InferenceError;

const NAME: &str = "cc.dat";

/// Costs by the right context of a word and the left context of the next.
pub(super) struct Connections {
    /// Number of right and of left contexts.
    size: (usize, usize),
    costs: Vec<i16>,
}

impl Connections {
    /// Checks that the table is as large as it says.
    pub(super) fn new(bytes: &[u8]) -> Result<Self, InferenceError> {
        let mut numbers = Numbers::new(bytes);
        let (Some(right), Some(left)) = (numbers.u16(), numbers.u16()) else {
            return Err(file::broken(NAME, "it is too short"));
        };
        let size = (usize::from(right), usize::from(left));
        let costs = numbers.all_i16();
        if size.0 == 0 || size.1 == 0 || costs.len() != size.0 * size.1 {
            return Err(file::broken(NAME, "it is not as large as it says"));
        }
        Ok(Self { size, costs })
    }

    /// Whether a word may have these contexts.
    pub(super) fn has(&self, left: u16, right: u16) -> bool {
        usize::from(right) < self.size.0 && usize::from(left) < self.size.1
    }

    /// The cost of a word of left context `left` behind one of right context `right`.
    pub(super) fn cost(&self, right: u16, left: u16) -> i32 {
        let at = usize::from(right) * self.size.1 + usize::from(left);
        self.costs.get(at).copied().map_or(i32::from(i16::MAX), i32::from)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn costs_are_found_by_contexts() {
        let bytes: Vec<u8> = [2_i16, 3, 0, 1, 2, 10, 11, -12]
            .iter()
            .flat_map(|number| number.to_le_bytes())
            .collect();
        let connections = Connections::new(&bytes).unwrap();
        assert_eq!(connections.cost(1, 2), -12);
        assert_eq!(connections.cost(0, 1), 1);
        assert!(connections.has(2, 1) && !connections.has(3, 1) && !connections.has(2, 2));
        for len in [0, 3, bytes.len() - 2] {
            assert!(Connections::new(&bytes[..len]).is_err(), "{len}");
        }
    }
}
