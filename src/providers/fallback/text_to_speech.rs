//! A chain that speaks. Where a voice breaks off within a text, whoever plays it asks for the rest: see
//! [`crate::voice`].

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};

use super::chain::{Bounds, Chain, Common};
use super::counts::Role;
use super::lateness::Limits;
use super::link::Link;
use crate::providers::{ProviderError, SpeechStream, TextToSpeech, Voices};

/// The first sound of a chunk is waited for in silence; between pieces, what was made so far is heard.
const BOUNDS: Bounds = Bounds {
    first: Duration::from_millis(2_500),
    between: Duration::from_secs(3),
    late: Limits {
        least: Duration::from_millis(200),
        initial: Duration::from_millis(1_000),
        most: Duration::from_millis(2_000),
    },
};

/// Voices in order.
pub(in crate::providers) struct FallbackTextToSpeech {
    chain: Chain<dyn TextToSpeech>,
}

impl FallbackTextToSpeech {
    pub(in crate::providers) async fn ready(
        links: Vec<Arc<Link<dyn TextToSpeech>>>,
        common: Common,
    ) -> Result<Self, (String, ProviderError)> {
        let chain = Chain::new(links, Role::Tts, BOUNDS, common);
        chain.ready().await?;
        Ok(Self { chain })
    }
}

#[async_trait]
impl TextToSpeech for FallbackTextToSpeech {
    async fn synthesize(
        &self,
        text: &str,
        voices: &Voices,
        language: &str,
    ) -> Result<SpeechStream, ProviderError> {
        let line: (Arc<str>, Voices, Arc<str>) = (text.into(), voices.clone(), language.into());
        let attempt = move |model: Arc<dyn TextToSpeech>, _| -> futures::future::BoxFuture<'_, _> {
            let (text, voices, language) = line.clone();
            Box::pin(async move {
                let mut speech = model.synthesize(&text, &voices, &language).await?;
                let first = speech.chunks.next().await.transpose()?;
                Ok((first, speech))
            })
        };
        let ((first, speech), link) = self.chain.ask(|_| true, attempt).await?;
        let rest = self.chain.rest(link, speech.chunks);
        Ok(SpeechStream {
            rate_hz: speech.rate_hz,
            chunks: stream::iter(first.map(Ok)).chain(rest).boxed(),
        })
    }
}
