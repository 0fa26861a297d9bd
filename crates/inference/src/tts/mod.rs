//! Text to speech.

mod abbreviations;
mod amounts;
mod clauses;
mod dictionary;
mod grammar;
mod japanese;
mod kokoro;
mod letters;
mod network;
mod numbers;
mod phonemes;
mod piper;
mod reader;
mod shape;
mod voice;
mod written;

pub use clauses::{clauses, pieces};
pub use dictionary::Dictionary;
pub use japanese::Japanese;
pub use kokoro::{Kokoro, Reader};
pub use piper::Piper;
pub use voice::Voice;
