//! A model that hears, by the length of the sound that it gets.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::future::BoxFuture;
use tokio::sync::watch;

use crate::providers::{HearingAbilities, Listening, ProviderError, SPEECH_RATE_HZ, SpeechToText, Usage};

pub(super) struct Ears {
    pub(super) model: Arc<dyn SpeechToText>,
    pub(super) usage: Usage,
}

#[async_trait]
impl SpeechToText for Ears {
    async fn transcribe(&self, pcm: &[i16], language: &str) -> Result<String, ProviderError> {
        self.usage.heard(length(pcm));
        self.model.transcribe(pcm, language).await
    }

    fn abilities(&self) -> HearingAbilities {
        self.model.abilities()
    }

    fn listen(&self, language: &str) -> Option<Arc<dyn Listening>> {
        let listening = self.model.listen(language)?;
        let usage = self.usage.clone();
        Some(Arc::new(Listener { listening, usage }))
    }
}

struct Listener {
    listening: Arc<dyn Listening>,
    usage: Usage,
}

impl Listening for Listener {
    fn hear(&self, pcm: Arc<[i16]>) {
        self.usage.heard(length(&pcm));
        self.listening.hear(pcm);
    }

    fn partials(&self) -> watch::Receiver<Arc<str>> {
        self.listening.partials()
    }

    fn words(&self) -> BoxFuture<'static, Result<String, ProviderError>> {
        self.listening.words()
    }

    fn forget(&self) {
        self.listening.forget();
    }
}

fn length(pcm: &[i16]) -> Duration {
    Duration::from_micros(pcm.len() as u64 * 1_000_000 / u64::from(SPEECH_RATE_HZ))
}
