//! Encrypted audio and reports (SRTP: RFC 3711; with AES-GCM: RFC 7714; its keys from DTLS: RFC 5764).
//!
//! Packets are encrypted and decrypted where they lie. A [`Sealer`] is for what one side sends, an [`Opener`] for what it
//! receives; what was received of each source before, which tells replays apart and counts roll-overs of the sequence
//! number, is a [`Replay`].

mod cipher;
mod keys;
mod opener;
mod replay;
mod sealer;

pub use keys::{MasterKeys, Profile};
pub use opener::Opener;
pub use replay::Replay;
pub use sealer::Sealer;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests;
