//! End of turn: how finished a turn sounds, from its last seconds.
//!
//! The model is Smart Turn v3.2, a small Whisper encoder with a classifier. It hears prosody and syntax alike
//! in the spectrogram and knows no words; it was trained on clips that end in about 200 ms of silence.

mod log_mel;
mod network;

use std::path::Path;

use crate::error::InferenceError;
use crate::threads::alone;
use log_mel::LogMel;
use network::Network;

/// Sample rate of the speech, Hz, mono.
pub const RATE_HZ: u32 = 16_000;
/// The latest stretch of a turn that is looked at, samples: 8 s. Shorter turns are filled up in front.
pub const WINDOW_SAMPLES: usize = 8 * RATE_HZ as usize;

const NAME: &str = "smart-turn";

/// A loaded model, for one turn at a time.
pub struct SmartTurn {
    network: Network,
    log_mel: LogMel,
}

impl SmartTurn {
    /// Loads the model from its file; takes some tens of milliseconds.
    ///
    /// # Errors
    /// When the file is missing or holds another model.
    pub fn load(file: &Path) -> Result<Self, InferenceError> {
        let network = alone(|| Network::read(file));
        Ok(Self {
            network: network.map_err(|error| InferenceError::load(NAME, error))?,
            log_mel: LogMel::new(),
        })
    }

    /// How likely the turn is over, 0.0–1.0, from its sound up to now (samples within ±1.0): at most the last
    /// [`WINDOW_SAMPLES`] count.
    ///
    /// # Errors
    /// When the model fails.
    pub fn probability(&mut self, turn: &[f32]) -> Result<f32, InferenceError> {
        let features = self.log_mel.of(turn);
        let probability = alone(|| self.network.probability(features));
        probability.map_err(|error| InferenceError::run(NAME, error))
    }
}
