//! Every integration test, in one binary so that it links once.
//!
//! - `prompts`: what language models are asked, as snapshots

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod prompts;
