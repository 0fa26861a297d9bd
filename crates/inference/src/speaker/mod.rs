//! Who speaks: how alike two voices sound.
//!
//! The model is Resemblyzer's voice encoder, trained to lay sentences of one person near each other and those of
//! others apart (generalized end-to-end loss, <https://arxiv.org/abs/1710.10467>). It hears 1.6 s at a time; what it
//! makes of each stretch is a direction in 256 dimensions, and a sentence is the mean of them. Words don't matter
//! to it, pitch and timbre do.

mod checkpoint;
mod embedding;
mod network;
mod pauses;
mod stretches;

use std::path::Path;

use crate::error::InferenceError;
use crate::vad::SileroModel;

pub use embedding::Embedding;
use network::Network;
use stretches::Stretches;

/// Sample rate of the speech, Hz, mono.
pub const RATE_HZ: u32 = 16_000;
/// Name of the model in the catalogue.
pub const NAME: &str = "resemblyzer";

/// Quieter speech is raised to this level, dB of full scale: the model knows none that is quieter.
const LEVEL_DB_MIN: f64 = -30.0;

/// A loaded model.
pub struct SpeakerEncoder {
    network: Network,
    stretches: Stretches,
    voice_activity: SileroModel,
}

impl SpeakerEncoder {
    /// Loads the model from its checkpoint; takes some tens of milliseconds.
    ///
    /// # Errors
    /// When the file is missing or holds another model.
    pub fn load(file: &Path) -> Result<Self, InferenceError> {
        let failed = |detail: String| InferenceError::load(NAME, format!("{}: {detail}", file.display()));
        Ok(Self {
            network: Network::read(file).map_err(failed)?,
            stretches: Stretches::new(),
            voice_activity: SileroModel::load()?,
        })
    }

    /// What is particular to the voice that speaks (samples within ±1.0), whatever it says. Less than a second tells
    /// little.
    ///
    /// # Errors
    /// When nobody speaks there, or the model fails.
    pub fn embed(&mut self, speech: &[f32]) -> Result<Embedding, InferenceError> {
        let mut raised = speech.to_vec();
        raise(&mut raised);
        let speech = pauses::shortened(&self.voice_activity, &raised)?;
        if speech.is_empty() {
            return Err(InferenceError::Input {
                model: NAME,
                detail: "nobody speaks in it".into(),
            });
        }
        let stretches = self.stretches.of(&speech);
        let heard = self.network.heard(stretches);
        let heard = heard.map_err(|error| InferenceError::run(NAME, error))?;
        Ok(Embedding::mean(heard.into_iter().map(Embedding::new)))
    }
}

/// Raises what is quieter than [`LEVEL_DB_MIN`] to it.
fn raise(speech: &mut [f32]) {
    let squares: f64 = speech.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    let level = (squares / speech.len() as f64).sqrt();
    let gain = 10_f64.powf(LEVEL_DB_MIN / 20.0) / level;
    if gain.is_finite() && gain > 1.0 {
        for sample in speech {
            *sample *= gain as f32;
        }
    }
}
