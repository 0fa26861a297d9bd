//! A chain that speaks. Where a voice breaks off within a text, whoever plays it asks for the rest: see
//! [`crate::voice`].

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};

use super::chain::{Bounds, Chain, Common};
use super::counts::Role;
use super::lateness::Limits;
use super::link::Link;
use crate::providers::{ProviderError, SpeakingAbilities, SpeechContext, SpeechStream, TextToSpeech, Voices};

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
    chain: Arc<Chain<dyn TextToSpeech>>,
}

impl FallbackTextToSpeech {
    pub(in crate::providers) async fn ready(
        links: Vec<Arc<Link<dyn TextToSpeech>>>,
        common: Common,
    ) -> Result<Self, (String, ProviderError)> {
        let chain = Chain::new(links, Role::Tts, BOUNDS, common);
        chain.ready().await?;
        Ok(Self {
            chain: Arc::new(chain),
        })
    }
}

/// What is to be said, and how.
#[derive(Clone)]
struct Line {
    text: Arc<str>,
    voices: Voices,
    language: Arc<str>,
}

async fn synthesize(chain: &Chain<dyn TextToSpeech>, line: Line) -> Result<SpeechStream, ProviderError> {
    let attempt = move |model: Arc<dyn TextToSpeech>, _| -> futures::future::BoxFuture<'_, _> {
        let Line {
            text,
            voices,
            language,
        } = line.clone();
        Box::pin(async move { begun(model.synthesize(&text, &voices, &language).await?).await })
    };
    let (speech, link) = chain.ask(|_| true, attempt).await?;
    Ok(whole(chain, link, speech))
}

/// A speech whose first piece is there, if it has any.
type Begun = (Option<Vec<i16>>, SpeechStream);

async fn begun(mut speech: SpeechStream) -> Result<Begun, ProviderError> {
    let first = speech.chunks.next().await.transpose()?;
    Ok((first, speech))
}

fn whole(
    chain: &Chain<dyn TextToSpeech>,
    link: Arc<Link<dyn TextToSpeech>>,
    (first, speech): Begun,
) -> SpeechStream {
    let rest = chain.rest(link, speech.chunks);
    SpeechStream {
        rate_hz: speech.rate_hz,
        chunks: stream::iter(first.map(Ok)).chain(rest).boxed(),
        words: speech.words,
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
        let line = Line {
            text: text.into(),
            voices: voices.clone(),
            language: language.into(),
        };
        synthesize(&self.chain, line).await
    }

    fn abilities(&self) -> SpeakingAbilities {
        let first = self.chain.first();
        first.map_or_else(SpeakingAbilities::default, |(_, model)| model.abilities())
    }

    /// The first model begins. A text that it fails at before anything is heard is said by the chain, and so are those
    /// behind it.
    fn begin(&self, voices: &Voices, language: &str) -> Option<Box<dyn SpeechContext>> {
        let (link, model) = self.chain.first()?;
        Some(Box::new(Context {
            context: model.begin(voices, language)?,
            is_over: AtomicBool::new(false),
            link: Arc::clone(link),
            chain: Arc::clone(&self.chain),
            voices: voices.clone(),
            language: language.into(),
        }))
    }
}

/// A speech of the first model, as long as that does not fail.
struct Context {
    context: Box<dyn SpeechContext>,
    is_over: AtomicBool,
    link: Arc<Link<dyn TextToSpeech>>,
    chain: Arc<Chain<dyn TextToSpeech>>,
    voices: Voices,
    language: Arc<str>,
}

#[async_trait]
impl SpeechContext for Context {
    async fn say(&self, text: &str) -> Result<SpeechStream, ProviderError> {
        if !self.is_over.load(Ordering::Acquire) {
            let speech = match self.context.say(text).await {
                Ok(speech) => begun(speech).await,
                Err(error) => Err(error),
            };
            match speech {
                Ok(speech) => return Ok(whole(&self.chain, Arc::clone(&self.link), speech)),
                Err(error) => self.chain.failed_alone(&self.link, &error),
            }
            self.is_over.store(true, Ordering::Release);
        }
        let line = Line {
            text: text.into(),
            voices: self.voices.clone(),
            language: Arc::clone(&self.language),
        };
        synthesize(&self.chain, line).await
    }
}
