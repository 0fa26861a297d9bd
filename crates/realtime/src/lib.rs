//! Models that hear sound and answer in sound and text at once: OpenAI Realtime and Gemini Live.
//!
//! A [`Session`] is one character's standing connection to such a model. It is never left to the model when it
//! speaks: each [`Question`] says all that was said so far, as text, and the last line of a person as sound too; the
//! [`Answer`] comes as pieces of text and PCM. Nothing of a session lives on the server alone, so a connection that
//! ends (by itself, by the server's limit, by a fault) is made anew and told everything again.
//!
//! ```text
//! Question ─▶ Session ─▶ driver (WebSocket, deadlines) ─▶ server
//!                          │  ▲
//!                          ▼  │ messages in and out, without I/O
//!                     openai · gemini ─▶ mirror (what the server knows, what it should know)
//! ```

mod access;
mod error;
mod gemini;
mod mirror;
mod openai;
mod pcm;
mod protocol;
mod question;
#[cfg(feature = "scripted")]
pub mod scripted;
mod session;
#[cfg(test)]
mod testing;

pub use access::{Access, Provider, Timing};
pub use error::Error;
pub use question::{Brief, Call, Line, Question, Speaker, Tool};
pub use session::{Answer, AnswerId, Piece, Session, Usage, try_door};

/// Sample rate of what a model speaks, Hz, mono.
pub const SPOKEN_RATE_HZ: u32 = 24_000;
