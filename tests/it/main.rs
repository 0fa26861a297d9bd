//! Every integration test, in one binary so that it links once.
//!
//! - `cli`: what the command line says no to
//! - `e2e`: a real LiveKit server and the official Python client
//! - `openai`: the OpenAI provider against a server that misbehaves
//! - `prompts`: what language models are asked, as snapshots

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail by panicking"
)]

mod cli;
mod e2e;
mod openai;
mod prompts;
