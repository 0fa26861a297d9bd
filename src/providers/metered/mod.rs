//! Models whose use is counted for a room, whatever provider they are of.

mod hears;
mod speaks;
mod writes;

use std::sync::Arc;

use super::{LanguageModel, SpeechToText, TextToSpeech, Usage};

impl Usage {
    /// The same model, counted.
    pub fn of_hearing(&self, model: Arc<dyn SpeechToText>) -> Arc<dyn SpeechToText> {
        let usage = self.clone();
        Arc::new(hears::Ears { model, usage })
    }

    /// The same model, counted. [`super::Piece::Used`] is taken out of its answers.
    pub fn of_writing(&self, model: Arc<dyn LanguageModel>) -> Arc<dyn LanguageModel> {
        let usage = self.clone();
        Arc::new(writes::Pen { model, usage })
    }

    /// The same model, counted.
    pub fn of_speaking(&self, model: Arc<dyn TextToSpeech>) -> Arc<dyn TextToSpeech> {
        let usage = self.clone();
        Arc::new(speaks::Mouth { model, usage })
    }
}
