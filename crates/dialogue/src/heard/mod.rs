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
