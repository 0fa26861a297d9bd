//! Ids: a prefix that says what it names, then base62 randomness.

use rand::RngExt;
use rand::distr::Alphanumeric;

/// Random characters of an id: 119 bits.
const ID_CHARS: usize = 20;

/// A new id such as `room_8sKq…`.
pub fn new_id(prefix: &str) -> String {
    format!("{prefix}_{}", random_base62(ID_CHARS))
}

/// `chars` random characters of `0-9A-Za-z` from the process's cryptographic generator.
pub fn random_base62(chars: usize) -> String {
    rand::rng()
        .sample_iter(Alphanumeric)
        .take(chars)
        .map(char::from)
        .collect()
}
