//! Speech services of others, each over its own WebSocket protocol.
//!
//! ```text
//! sound ─▶ hearing::Listening ─▶ protocol (Deepgram, AssemblyAI) ─▶ socket ─▶ service
//!             │ partial words, words of a turn ◀─────────────────────┘
//! text ──▶ speaking::Speech ───▶ protocol (ElevenLabs, Cartesia) ──▶ socket ─▶ service
//!             │ sound and times of words ◀───────────────────────────┘
//! ```
//!
//! A protocol is pure: frames in, frames and words out, no socket and no clock. One driver for all that hear and one
//! for all that speak do the rest: deadlines, keep-alives, sockets that are used again, and what failures are called.
//! The conformance suite in `tests/` holds every service to the same cases against servers that speak its protocol as
//! it is documented; nothing here was ever tried against the services themselves.

pub mod assemblyai;
pub mod cartesia;
mod config;
pub mod deepgram;
pub mod elevenlabs;
mod fault;
pub mod hearing;
mod pcm;
mod socket;
pub mod speaking;
mod word;

pub use config::{Config, Deadline, Timing};
pub use fault::Fault;
pub use word::Word;
