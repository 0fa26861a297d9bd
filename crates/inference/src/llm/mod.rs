//! A small language model inside the process: Qwen2 GGUF files on the processor.
//!
//! [`requantise`] a file once when it is pulled, [`Llm::load`] it, then ask [`Llm::generate`] for
//! answers. The prompt of each call is compared with the earlier ones and only what is new is run.
//! All calls block; they belong on a thread of their own.

mod chat;
mod config;
mod error;
mod generate;
mod kv_cache;
mod layer;
mod linear;
mod network;
mod options;
mod requantise;
mod runtime;
mod sampler;
mod slots;
mod text_stream;
mod threads;
mod tokenizer;
mod weights;
mod writing;

#[cfg(test)]
mod tests;

pub use chat::Role;
pub use error::LlmError;
pub use options::{Finish, OnText, Options, Stats};
pub use requantise::requantise;
pub use runtime::{Llm, WRITINGS_MAX};
pub use threads::{THREADS_DEFAULT, THREADS_VARIABLE, ensure_threads};
pub use writing::{Step, Writing};
