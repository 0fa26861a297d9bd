//! How much of a speech was heard, to the word.
//!
//! A chunk's [`Timeline`] says when each of its words has been said. Word times of the voice are best; failing
//! them, the stretches of sound that were measured in its audio; failing both, characters are taken to be even.

mod sounding;
mod timeline;

pub use sounding::Sounding;
pub(crate) use timeline::Timeline;

use std::time::Duration;

/// The part of `text` that was heard when `heard` of `total` was played, cut after the last whole word.
///
/// ```
/// use std::time::Duration;
/// use troupe_dialogue::heard_text;
/// let second = Duration::from_secs(1);
/// assert_eq!(heard_text("one two three", second / 2, second), "one");
/// assert_eq!(heard_text("one two three", second, second), "one two three");
/// ```
pub fn heard_text(text: &str, heard: Duration, total: Duration) -> &str {
    Timeline::new(text, total, None).heard(text, heard)
}

/// Where the words of `text` end in it, in bytes, and when each has been said if all of it takes `total`.
///
/// ```
/// use std::time::Duration;
/// use troupe_dialogue::word_ends;
/// let ends: Vec<_> = word_ends("one two", Duration::from_secs(1)).collect();
/// assert_eq!(ends, [(3, Duration::from_millis(500)), (7, Duration::from_secs(1))]);
/// ```
pub fn word_ends(text: &str, total: Duration) -> impl Iterator<Item = (usize, Duration)> {
    Timeline::new(text, total, None).into_ends()
}
