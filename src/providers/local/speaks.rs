//! Piper and Kokoro as providers of text to speech.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::stream::{self, StreamExt};
use tokio::sync::OnceCell;
use troupe_inference::models::JAPANESE_NAME;
use troupe_inference::tts::{Dictionary, Kokoro, Piper, Reader, Voice};
use troupe_inference::{Cancel, InferenceError};

use super::Files;
use super::busy::{Models, Need};
use super::effort::Effort;
use super::failure::{local, unfit};
use super::lane::Lane;
use super::languages::{is_english, is_japanese};
use crate::providers::{ProviderError, SpeakingAbilities, SpeechContext, SpeechStream, TextToSpeech, Voices};

/// Names in a spec, in the cache and in a character's voices.
pub(super) const PIPER: &str = "piper";
pub(super) const KOKORO: &str = "kokoro";

/// Clauses of one text that are in the queue at once: the next is made while one is heard, and other rooms'
/// clauses come between.
const CLAUSES_AHEAD_MAX: usize = 2;

/// A model that speaks.
enum Network {
    Piper(Piper),
    Kokoro(Box<Kokoro>),
}

/// A model with the dictionary that it was loaded with.
struct Engine {
    network: Network,
    english: Arc<Dictionary>,
}

impl Engine {
    fn rate_hz(&self) -> u32 {
        match &self.network {
            Network::Piper(piper) => piper.rate_hz(),
            Network::Kokoro(kokoro) => kokoro.rate_hz(),
        }
    }

    /// Speaks a clause; Kokoro in the language of the reader, and until it is cancelled: Piper is done before that
    /// would be worth it.
    fn speak(
        &mut self,
        clause: &str,
        voice: Option<&str>,
        reader: &Reader,
        cancel: &Cancel,
    ) -> Result<Vec<i16>, InferenceError> {
        match &mut self.network {
            Network::Piper(piper) => {
                let voice = voice.map_or(Ok(Voice::default()), str::parse)?;
                piper.synthesize(clause, voice)
            }
            Network::Kokoro(kokoro) => kokoro.synthesize(reader, clause, voice, cancel),
        }
    }
}

/// What reads the text, by its language.
struct Readers {
    english: Reader,
    /// Made when Japanese is first spoken: few workers need its memory.
    japanese: Arc<OnceCell<Reader>>,
    is_preparing: Arc<AtomicBool>,
    /// Where its dictionary comes from; `None` for a model that speaks English alone.
    japanese_from: Option<Files>,
}

impl Readers {
    fn new(english: Arc<Dictionary>, japanese_from: Option<Files>) -> Self {
        Self {
            english: Reader::English(english),
            japanese: Arc::default(),
            is_preparing: Arc::default(),
            japanese_from,
        }
    }

    /// The reader of a language; waits while its dictionary is fetched or read.
    async fn of(&self, model: &'static str, language: &str) -> Result<Reader, ProviderError> {
        match &self.japanese_from {
            _ if is_english(language) => Ok(self.english.clone()),
            Some(files) if is_japanese(language) => {
                let made = self.japanese.get_or_try_init(|| load_japanese(files.clone()));
                Ok(made.await?.clone())
            }
            Some(_) => Err(unfit(
                model,
                format!("it speaks English and Japanese, not {language:?}"),
            )),
            None => Err(unfit(model, format!("it speaks English, not {language:?}"))),
        }
    }

    /// Has the reader of a language made in the background, so that it is there when it is asked for, and so that the
    /// work isn't lost with a question that was given up.
    fn prepare(&self, language: &str) {
        let Some(files) = self.japanese_from.clone().filter(|_| is_japanese(language)) else {
            return;
        };
        if self.japanese.initialized() || self.is_preparing.swap(true, Ordering::Relaxed) {
            return;
        }
        let (made, is_preparing) = (Arc::clone(&self.japanese), Arc::clone(&self.is_preparing));
        tokio::spawn(async move {
            // Whoever asks for the reader tries again, and is told why there is none.
            let _ = made.get_or_try_init(|| load_japanese(files)).await;
            is_preparing.store(false, Ordering::Relaxed);
        });
    }
}

/// Away from the model's thread: other rooms go on speaking meanwhile.
async fn load_japanese(files: Files) -> Result<Reader, ProviderError> {
    let loaded = tokio::task::spawn_blocking(move || files.japanese()).await;
    let japanese = loaded.map_err(|error| local(JAPANESE_NAME, error))??;
    Ok(Reader::Japanese(Arc::new(japanese)))
}

/// One loaded model.
pub(super) struct Mouth {
    name: &'static str,
    rate_hz: u32,
    lane: Arc<Lane<Engine>>,
    readers: Readers,
    effort: Arc<Effort>,
}

impl Mouth {
    pub(super) async fn piper(files: Files) -> Result<Self, ProviderError> {
        Self::load(PIPER, Effort::light(), files.busy.clone(), None, move || {
            // Where the library is, it makes Piper faster; it is not fetched for that.
            let library = files.onnxruntime_if_here();
            let (folder, english) = (files.folder(PIPER)?, files.dictionary()?);
            let piper = Piper::load(&folder, Arc::clone(&english), library.as_deref());
            let network = Network::Piper(piper.map_err(|error| local(PIPER, error))?);
            Ok(Engine { network, english })
        })
        .await
    }

    pub(super) async fn kokoro(files: Files) -> Result<Self, ProviderError> {
        let japanese_from = Some(files.clone());
        Self::load(
            KOKORO,
            Effort::natural(),
            files.busy.clone(),
            japanese_from,
            move || {
                let (folder, english) = (files.folder(KOKORO)?, files.dictionary()?);
                let kokoro = Kokoro::load(&folder, &files.onnxruntime()?);
                let network = Network::Kokoro(Box::new(kokoro.map_err(|error| local(KOKORO, error))?));
                Ok(Engine { network, english })
            },
        )
        .await
    }

    async fn load(
        name: &'static str,
        effort: Effort,
        models: Models,
        japanese_from: Option<Files>,
        load: impl FnOnce() -> Result<Engine, ProviderError> + Send + 'static,
    ) -> Result<Self, ProviderError> {
        let lane = Lane::start(name, load).await?;
        models.add(lane.busy());
        let (rate_hz, english) = lane
            .ask(|engine| Ok((engine.rate_hz(), Arc::clone(&engine.english))))
            .await?;
        Ok(Self {
            name,
            rate_hz,
            lane: Arc::new(lane),
            readers: Readers::new(english, japanese_from),
            effort: Arc::new(effort),
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
        let reader = self.readers.of(name, language).await?;
        let voice: Option<Arc<str>> = voices.get(name).map(Arc::from);
        let clauses = self.effort.cut(text);
        let (lane, effort, rate_hz) = (Arc::clone(&self.lane), Arc::clone(&self.effort), self.rate_hz);
        let chunks = stream::iter(clauses.into_iter().enumerate())
            .map(move |(number, clause)| {
                let (lane, voice, reader) = (Arc::clone(&lane), voice.clone(), reader.clone());
                let effort = Arc::clone(&effort);
                let cancel = Cancel::default();
                // What nobody will hear must not keep the next speech waiting.
                let given_up = cancel.on_drop();
                let speak = move |engine: &mut Engine| {
                    let began = Instant::now();
                    let spoken = engine.speak(&clause, voice.as_deref(), &reader, &cancel);
                    let pcm = spoken.map_err(|error| local(name, error))?;
                    let length = Duration::from_secs_f64(pcm.len() as f64 / f64::from(rate_hz.max(1)));
                    let worked = began.elapsed();
                    effort.note(worked, length);
                    tracing::debug!(
                        model = name,
                        characters = clause.chars().count(),
                        ms = worked.as_millis(),
                        sound_ms = length.as_millis(),
                        "a local voice has spoken"
                    );
                    Ok(pcm)
                };
                async move {
                    // The first one may be waited for in silence; the others are made while it is heard.
                    let need = if number > 0 { Need::Later } else { Need::Now };
                    let spoken = lane.ask_for(need, speak).await;
                    drop(given_up);
                    spoken
                }
            })
            .buffered(CLAUSES_AHEAD_MAX);
        Ok(SpeechStream::new(self.rate_hz, chunks.boxed()))
    }

    fn abilities(&self) -> SpeakingAbilities {
        SpeakingAbilities {
            clause: self.effort.of_first_piece(),
            ..SpeakingAbilities::default()
        }
    }

    /// There is nothing to keep in mind from text to text, but a dictionary may be missing yet.
    fn begin(&self, _: &Voices, language: &str) -> Option<Box<dyn SpeechContext>> {
        self.readers.prepare(language);
        None
    }
}
