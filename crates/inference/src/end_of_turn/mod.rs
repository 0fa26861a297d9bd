//! End of turn: how finished a turn sounds, from its last seconds.
//!
//! The model is Smart Turn v3.2, a small Whisper encoder with a classifier. It hears prosody and syntax alike
//! in the spectrogram and knows no words; it was trained on clips that end in about 200 ms of silence.

mod log_mel;

use std::path::Path;

use rten::{Model, NodeId, ValueOrView};
use rten_tensor::{AsView, NdTensorView, Tensor};

use crate::error::InferenceError;
use crate::threads::on_one_thread;
use log_mel::{FRAMES, LogMel, MELS};

/// Sample rate of the speech, Hz, mono.
pub const RATE_HZ: u32 = 16_000;
/// The latest stretch of a turn that is looked at, samples: 8 s. Shorter turns are filled up in front.
pub const WINDOW_SAMPLES: usize = 8 * RATE_HZ as usize;

const NAME: &str = "smart-turn";

/// A loaded model, for one turn at a time.
pub struct SmartTurn {
    model: Model,
    features: NodeId,
    probability: NodeId,
    log_mel: LogMel,
}

impl SmartTurn {
    /// Loads the model from its file; takes some tens of milliseconds.
    ///
    /// # Errors
    /// When the file is missing or holds another model.
    pub fn load(file: &Path) -> Result<Self, InferenceError> {
        let failed = |error: &dyn std::fmt::Display| InferenceError::load(NAME, error);
        let model = Model::load_file(file).map_err(|e| failed(&format!("{}: {e}", file.display())))?;
        Ok(Self {
            features: model.node_id("input_features").map_err(|e| failed(&e))?,
            probability: model.node_id("logits").map_err(|e| failed(&e))?,
            log_mel: LogMel::new(),
            model,
        })
    }

    /// How likely the turn is over, 0.0–1.0, from its sound up to now (samples within ±1.0): at most the last
    /// [`WINDOW_SAMPLES`] count.
    ///
    /// # Errors
    /// When the model fails.
    pub fn probability(&mut self, turn: &[f32]) -> Result<f32, InferenceError> {
        let failed = |error: &dyn std::fmt::Display| InferenceError::run(NAME, error);
        let features = self.log_mel.of(turn);
        let features = NdTensorView::from_data([1, MELS, FRAMES], features);
        let inputs = vec![(self.features, ValueOrView::from(features))];
        let [probability] = self
            .model
            .run_n(inputs, [self.probability], Some(on_one_thread()))
            .map_err(|e| failed(&e))?;
        let probability: Tensor<f32> = probability.try_into().map_err(|e| failed(&e))?;
        // The output is called logits and holds a probability.
        let probability = probability.iter().next().copied();
        probability.ok_or_else(|| failed(&"the model answered no probability"))
    }
}
