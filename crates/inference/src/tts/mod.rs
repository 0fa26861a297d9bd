//! Text to speech.

mod clauses;
mod letters;
mod phonemes;
mod piper;
mod shape;
mod voice;
mod written;

pub use clauses::clauses;
pub use piper::Piper;
pub use voice::Voice;
