//! Words with their times, and their language.

use std::time::Duration;

/// One word, and when it sounds. Heard words count from the first sound that was handed over on the connection; spoken
/// ones from the beginning of the text that they belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// As it is written.
    pub text: String,
    /// Where it begins.
    pub start: Duration,
    /// Where it ends.
    pub end: Duration,
}

/// Seconds as services give them; what is no time is the beginning.
pub(crate) fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or_default()
}

/// `en` of `en-GB`, as services want it.
pub(crate) fn primary_subtag(language: &str) -> Option<String> {
    let subtag = language.split(['-', '_']).next()?.to_ascii_lowercase();
    let is_one = (2..=3).contains(&subtag.len()) && subtag.bytes().all(|byte| byte.is_ascii_lowercase());
    is_one.then_some(subtag)
}
