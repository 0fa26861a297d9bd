//! What is known of where the words of a chunk lie in its sound.

use std::ops::Range;
use std::time::Duration;

/// What is known of where the words of a chunk lie in its sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sounding {
    /// When each word of the text has been said, from the voice itself; as many as there are words.
    WordEnds(Vec<Duration>),
    /// Stretches in which something is to be heard, in order, measured in the sound.
    Stretches(Vec<Range<Duration>>),
}
