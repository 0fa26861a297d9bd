//! A model that speaks, by the characters that it gets.

use std::sync::Arc;

use async_trait::async_trait;

use crate::providers::{
    ProviderError, SpeakingAbilities, SpeechContext, SpeechStream, TextToSpeech, Usage, Voices,
};

pub(super) struct Mouth {
    pub(super) model: Arc<dyn TextToSpeech>,
    pub(super) usage: Usage,
}

#[async_trait]
impl TextToSpeech for Mouth {
    async fn synthesize(
        &self,
        text: &str,
        voices: &Voices,
        language: &str,
    ) -> Result<SpeechStream, ProviderError> {
        self.usage.spoke(text);
        self.model.synthesize(text, voices, language).await
    }

    fn abilities(&self) -> SpeakingAbilities {
        self.model.abilities()
    }

    fn begin(&self, voices: &Voices, language: &str) -> Option<Box<dyn SpeechContext>> {
        let speech = self.model.begin(voices, language)?;
        let usage = self.usage.clone();
        Some(Box::new(Speech { speech, usage }))
    }
}

struct Speech {
    speech: Box<dyn SpeechContext>,
    usage: Usage,
}

#[async_trait]
impl SpeechContext for Speech {
    async fn say(&self, text: &str) -> Result<SpeechStream, ProviderError> {
        self.usage.spoke(text);
        self.speech.say(text).await
    }
}
