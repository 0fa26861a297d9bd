//! Chains of models for one role: the next one answers when one fails or is too slow.
//!
//! ```text
//! question ─▶ chain ─▶ link 1 ──late──▶ link 2 as well ──▶ the first piece wins, the other one is dropped
//!                        │ fails or gives nothing in time          │
//!                        └────────────▶ link 2                     └─▶ pieces in time, or an error
//! ```
//!
//! What is decided is decided without I/O: [`breaker`] says who is asked at all, [`lateness`] when an answer is late,
//! [`budget`] how many questions may be asked twice, [`race`] what happens within one call. [`chain`] does it. Whoever
//! has a model does not see whether it is a chain.

mod breaker;
mod budget;
mod chain;
mod counts;
mod language_model;
mod lateness;
mod link;
mod race;
#[cfg(test)]
mod simulation;
mod speech_to_text;
mod text_to_speech;

pub(super) use chain::Common;
pub use counts::Counts;
pub(super) use language_model::FallbackLanguageModel;
pub(super) use link::{Link, Make};
pub(super) use speech_to_text::FallbackSpeechToText;
pub(super) use text_to_speech::FallbackTextToSpeech;
