//! Piper and Kokoro as providers of text to speech.

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use troupe_inference::InferenceError;
use troupe_inference::tts::{Kokoro, Piper, Voice, clauses};

use super::Files;
use super::busy::Models;
use super::failure::{local, unfit};
use super::hears::is_english;
use super::lane::Lane;
use crate::providers::{ProviderError, SpeechStream, TextToSpeech, Voices};

/// Names in a spec, in the cache and in a character's voices.
pub(super) const PIPER: &str = "piper";
pub(super) const KOKORO: &str = "kokoro";

/// Clauses of one text that are in the queue at once: the next is made while one is heard, and other rooms'
/// clauses come between.
const CLAUSES_AHEAD_MAX: usize = 2;

/// A model that speaks.
enum Engine {
    Piper(Piper),
    Kokoro(Box<Kokoro>),
}

impl Engine {
    fn rate_hz(&self) -> u32 {
        match self {
            Self::Piper(piper) => piper.rate_hz(),
            Self::Kokoro(kokoro) => kokoro.rate_hz(),
        }
    }

    fn speak(&mut self, clause: &str, voice: Option<&str>) -> Result<Vec<i16>, InferenceError> {
        match self {
            Self::Piper(piper) => {
                let voice = voice.map_or(Ok(Voice::default()), str::parse)?;
                piper.synthesize(clause, voice)
            }
            Self::Kokoro(kokoro) => kokoro.synthesize(clause, voice),
        }
    }
}

/// One loaded model.
pub(super) struct Mouth {
    name: &'static str,
    rate_hz: u32,
    lane: Arc<Lane<Engine>>,
}

impl Mouth {
    pub(super) async fn piper(files: Files) -> Result<Self, ProviderError> {
        Self::load(PIPER, files.busy.clone(), move || {
            // Where the library is, it makes Piper faster; it is not fetched for that.
            let library = files.onnxruntime_if_here();
            let piper = Piper::load(&files.folder(PIPER)?, files.dictionary()?, library.as_deref());
            Ok(Engine::Piper(piper.map_err(|error| local(PIPER, error))?))
        })
        .await
    }

    pub(super) async fn kokoro(files: Files) -> Result<Self, ProviderError> {
        Self::load(KOKORO, files.busy.clone(), move || {
            let kokoro = Kokoro::load(&files.folder(KOKORO)?, files.dictionary()?, &files.onnxruntime()?);
            Ok(Engine::Kokoro(Box::new(
                kokoro.map_err(|error| local(KOKORO, error))?,
            )))
        })
        .await
    }

    async fn load(
        name: &'static str,
        models: Models,
        load: impl FnOnce() -> Result<Engine, ProviderError> + Send + 'static,
    ) -> Result<Self, ProviderError> {
        let lane = Lane::start(name, load).await?;
        models.add(lane.busy());
        let rate_hz = lane.ask(|engine| Ok(engine.rate_hz())).await?;
        Ok(Self {
            name,
            rate_hz,
            lane: Arc::new(lane),
        })
    }
}

#[async_trait]
impl TextToSpeech for Mouth {
    async fn synthesize(
        &self,
        text: &str,
        voices: &Voices,
        language: &str,
    ) -> Result<SpeechStream, ProviderError> {
        let name = self.name;
        if !is_english(language) {
            return Err(unfit(name, format!("it speaks English, not {language:?}")));
        }
        let voice: Option<Arc<str>> = voices.get(name).map(Arc::from);
        let clauses: Vec<String> = clauses(text).into_iter().map(str::to_owned).collect();
        let lane = Arc::clone(&self.lane);
        let chunks = stream::iter(clauses)
            .map(move |clause| {
                let (lane, voice) = (Arc::clone(&lane), voice.clone());
                let speak = move |engine: &mut Engine| {
                    let spoken = engine.speak(&clause, voice.as_deref());
                    spoken.map_err(|error| local(name, error))
                };
                async move { lane.ask(speak).await }
            })
            .buffered(CLAUSES_AHEAD_MAX);
        Ok(SpeechStream {
            rate_hz: self.rate_hz,
            chunks: chunks.boxed(),
        })
    }
}
