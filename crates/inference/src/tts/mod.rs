//! Text to speech.

mod clauses;
mod kokoro;
mod letters;
mod network;
mod phonemes;
mod piper;
mod shape;
mod voice;
mod written;

pub use clauses::clauses;
pub use kokoro::Kokoro;
pub use piper::Piper;
pub use voice::Voice;
