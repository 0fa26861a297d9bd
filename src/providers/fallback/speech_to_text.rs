//! A chain that hears: what one model does not make out in time, the next one hears again.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::chain::{Bounds, Chain, Common};
use super::counts::Role;
use super::lateness::Limits;
use super::link::Link;
use crate::providers::{HearingAbilities, Listening, ProviderError, SpeechToText};

/// Words are waited for by an answer; the core gives up after `words_deadline`.
const BOUNDS: Bounds = Bounds {
    first: Duration::from_secs(3),
    // A transcript comes whole.
    between: Duration::from_secs(3),
    late: Limits {
        least: Duration::from_millis(300),
        initial: Duration::from_millis(1_200),
        most: Duration::from_millis(2_000),
    },
};

/// Models that hear, in order.
pub(in crate::providers) struct FallbackSpeechToText {
    chain: Chain<dyn SpeechToText>,
}

impl FallbackSpeechToText {
    pub(in crate::providers) async fn ready(
        links: Vec<Arc<Link<dyn SpeechToText>>>,
        common: Common,
    ) -> Result<Self, (String, ProviderError)> {
        let chain = Chain::new(links, Role::Stt, BOUNDS, common);
        chain.ready().await?;
        Ok(Self { chain })
    }
}

#[async_trait]
impl SpeechToText for FallbackSpeechToText {
    async fn transcribe(&self, pcm: &[i16], language: &str) -> Result<String, ProviderError> {
        let speech: (Arc<[i16]>, Arc<str>) = (pcm.into(), language.into());
        let attempt = move |model: Arc<dyn SpeechToText>, _| -> futures::future::BoxFuture<'_, _> {
            let (pcm, language) = speech.clone();
            Box::pin(async move { model.transcribe(&pcm, &language).await })
        };
        let (text, _) = self.chain.ask(|_| true, attempt).await?;
        Ok(text)
    }

    fn abilities(&self) -> HearingAbilities {
        let first = self.chain.first();
        first.map_or_else(HearingAbilities::default, |(_, model)| model.abilities())
    }

    /// The first model listens. Where it fails, whoever kept the sound has the chain transcribe it.
    fn listen(&self, language: &str) -> Option<Arc<dyn Listening>> {
        self.chain.first()?.1.listen(language)
    }
}
