//! How well turn ends are found: the real ear over recordings with known pauses and turn ends.
//!
//! ```text
//! manifest → hearing (ear, speech to text, end-of-turn model) → samples → fit, leaving one speaker out → curves
//! ```
//!
//! Each pause within a turn may be cut falsely, each end of a turn is noticed after a delay; one knob trades the
//! one for the other, which is a curve.

pub mod bootstrap;
pub mod curve;
pub mod fit;
pub mod hearing;
pub mod manifest;
pub mod plot;
pub mod policy;

use std::time::Duration;

use serde::Serialize;
use troupe_dialogue::endpointing::Habits;

/// A pause of a speaker that the manifest knows, with what was known of it when it was heard.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// The recording.
    pub clip: String,
    /// Who speaks: left out together.
    pub speaker: String,
    /// Where it begins, s.
    pub at_s: f64,
    /// After how long the speaker goes on, s; `None` at the end of a turn.
    pub goes_on_after_s: Option<f64>,
    /// From its beginning to the moment at which the ear reported it, s; `None` if it never did.
    pub heard_after_s: Option<f64>,
    /// By how much the ear took the last sound for later than the manifest, s.
    pub last_voice_s: f64,
    /// What the end-of-turn model made of the sound when the ear reported the pause.
    pub audio: Option<f32>,
    /// What it made of the sound 0.2 s after the last, for the comparison with itself alone.
    pub audio_later: Option<f32>,
    /// The words of the turn so far.
    #[serde(skip)]
    pub words: String,
    /// The speaker's pauses before this one.
    #[serde(skip)]
    pub habits: Habits,
}

impl Sample {
    /// Whether the turn was over.
    pub fn is_end(&self) -> bool {
        self.goes_on_after_s.is_none()
    }

    /// How long after the manifest's last sound a decision comes that wants so much silence and has its evidence
    /// `evidence` after the pause was heard; `None` if no pause was heard.
    pub fn decided_after_s(&self, silence: Duration, evidence: Duration) -> Option<f64> {
        let heard = self.heard_after_s?;
        let wanted = self.last_voice_s + silence.as_secs_f64();
        Some(wanted.max(heard + evidence.as_secs_f64()))
    }
}
