//! How well turn ends are found: the real ear over recordings with known pauses and turn ends.
//!
//! ```text
//! manifest, labels → hearing (ear, speech to text, end-of-turn model) → samples → fit, leaving one speaker out
//!                                                                              → decisions → curves → report
//! ```
//!
//! Each pause within a turn may be cut falsely, each end of a turn is noticed after a delay; one knob trades the
//! one for the other, which is a curve.

pub mod bootstrap;
pub mod curve;
pub mod fit;
pub mod hearing;
pub mod labels;
pub mod manifest;
mod markdown;
pub mod plot;
pub mod policy;
pub mod report;
pub mod sample;

pub use sample::Sample;
