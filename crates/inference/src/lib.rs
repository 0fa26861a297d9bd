//! Models that run in the process, behind a synchronous API: callers choose the threads.

mod cancel;
pub mod end_of_turn;
pub mod error;
pub mod llm;
mod mel;
pub mod models;
mod onnxruntime;
pub mod speaker;
pub mod stt;
mod threads;
pub mod tts;
pub mod vad;

pub use cancel::{Cancel, CancelOnDrop};
pub use error::InferenceError;
