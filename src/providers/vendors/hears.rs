//! A service that hears.

use std::sync::Arc;

use async_trait::async_trait;
use futures::future::BoxFuture;
use tokio::sync::watch;
use troupe_vendors::hearing::{self, Hearer};

use super::Vendor;
use super::failure::failure;
use crate::providers::{HearingAbilities, Listening, ProviderError, SpeechToText};

/// One model of one service.
pub(super) struct Ears {
    vendor: Vendor,
    hearer: Hearer,
}

impl Ears {
    pub(super) fn new(vendor: Vendor, hearer: Hearer) -> Self {
        Self { vendor, hearer }
    }
}

#[async_trait]
impl SpeechToText for Ears {
    /// Once more after a passing failure, for one model without a chain has nobody behind it.
    async fn transcribe(&self, pcm: &[i16], language: &str) -> Result<String, ProviderError> {
        let words = match self.hearer.transcribe(pcm, language).await {
            Err(fault) if fault.is_passing() => self.hearer.transcribe(pcm, language).await,
            words => words,
        };
        let words = words.map_err(|fault| failure(self.vendor, fault))?;
        Ok(words.text)
    }

    fn abilities(&self) -> HearingAbilities {
        let abilities = self.hearer.abilities();
        HearingAbilities {
            streams: true,
            partials: abilities.partials,
            word_times: abilities.word_times,
            is_quick: false,
        }
    }

    fn listen(&self, language: &str) -> Option<Arc<dyn Listening>> {
        Some(Arc::new(Listener {
            vendor: self.vendor,
            listening: self.hearer.listen(language),
        }))
    }
}

/// One person who is listened to.
struct Listener {
    vendor: Vendor,
    listening: hearing::Listening,
}

impl Listening for Listener {
    fn hear(&self, pcm: Arc<[i16]>) {
        self.listening.hear(pcm);
    }

    fn partials(&self) -> watch::Receiver<Arc<str>> {
        self.listening.partials()
    }

    fn words(&self) -> BoxFuture<'static, Result<String, ProviderError>> {
        let (vendor, words) = (self.vendor, self.listening.words());
        Box::pin(async move {
            let words = words.await.map_err(|fault| failure(vendor, fault))?;
            Ok(words.text)
        })
    }

    fn forget(&self) {
        self.listening.forget();
    }
}
