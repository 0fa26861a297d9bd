//! Every integration test, in one binary so that it links once.
//!
//! - `openai`: the OpenAI provider against a server that misbehaves
//! - `prompts`: what language models are asked, as snapshots

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod openai;
mod prompts;
