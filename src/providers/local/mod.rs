//! Models that run in this process: Moonshine hears, Qwen writes, Piper and Kokoro speak.
//!
//! Each model is loaded once, on a thread of its own that then does all its work; the async side hands jobs
//! over and never waits for a core. A model that is not in the cache yet is fetched first, unless offline.

mod busy;
mod desk;
mod effort;
mod failure;
mod hears;
mod lane;
mod languages;
mod speaks;
mod turns;
mod writes;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use async_trait::async_trait;
use troupe_inference::models::{DICTIONARY_NAME, JAPANESE_NAME, ONNXRUNTIME_LIBRARY, Store};
use troupe_inference::tts::{Dictionary, Japanese};

use super::registry::Backend;
use super::{Capacity, LanguageModel, ProviderError, SpeechToText, TextToSpeech};
use failure::local;

/// Name of this provider in a spec.
pub const NAME: &str = "local";

/// The model that hears when none is named.
pub const STT_MODEL: &str = "moonshine";
/// The model that writes when none is named.
pub const LLM_MODEL: &str = "qwen";
/// The model that speaks when none is named.
pub const TTS_MODEL: &str = "piper";

/// ONNX Runtime's name in the cache.
const ONNXRUNTIME: &str = "onnxruntime";
/// Names another ONNX Runtime than the one in the cache.
const ONNXRUNTIME_VARIABLE: &str = "ORT_DYLIB_PATH";

/// The models in one cache folder.
pub struct Local {
    files: Files,
}

/// Where models' files are, and whether missing ones may be fetched.
#[derive(Clone)]
struct Files {
    store: Arc<Store>,
    is_offline: bool,
    /// The voices' dictionary, for as long as a voice holds it.
    dictionary: Arc<Mutex<Weak<Dictionary>>>,
    /// How busy the loaded ones are.
    busy: busy::Models,
}

impl Local {
    /// Models are taken from `cache`, and fetched into it unless `is_offline`. Nothing is loaded yet.
    pub fn new(cache: PathBuf, is_offline: bool) -> Self {
        Self {
            files: Files {
                store: Arc::new(Store::new(cache)),
                is_offline,
                dictionary: Arc::default(),
                busy: busy::Models::default(),
            },
        }
    }
}

#[async_trait]
impl Backend for Local {
    fn name(&self) -> &'static str {
        NAME
    }

    fn capacity(&self, _: Option<&str>) -> Capacity {
        Capacity::Small
    }

    fn busy(&self) -> f64 {
        self.files.busy.busiest()
    }

    async fn speech_to_text(&self, model: Option<&str>) -> Result<Arc<dyn SpeechToText>, ProviderError> {
        match model.unwrap_or(STT_MODEL) {
            hears::MOONSHINE => Ok(Arc::new(hears::Ears::load(self.files.clone()).await?)),
            other => Err(unknown(other, &[hears::MOONSHINE])),
        }
    }

    async fn language_model(&self, model: Option<&str>) -> Result<Arc<dyn LanguageModel>, ProviderError> {
        let model = model.unwrap_or(LLM_MODEL);
        match writes::MODELS.iter().find(|known| **known == model) {
            Some(model) => Ok(Arc::new(writes::Pen::load(model, self.files.clone()).await?)),
            None => Err(unknown(model, &writes::MODELS)),
        }
    }

    async fn text_to_speech(&self, model: Option<&str>) -> Result<Arc<dyn TextToSpeech>, ProviderError> {
        match model.unwrap_or(TTS_MODEL) {
            speaks::PIPER => Ok(Arc::new(speaks::Mouth::piper(self.files.clone()).await?)),
            speaks::KOKORO => Ok(Arc::new(speaks::Mouth::kokoro(self.files.clone()).await?)),
            other => Err(unknown(other, &[speaks::PIPER, speaks::KOKORO])),
        }
    }
}

fn unknown(model: &str, known: &[&str]) -> ProviderError {
    local(model, format!("no such model; there are: {}", known.join(", ")))
}

impl Files {
    /// The folder of a model; blocks while it is fetched.
    fn folder(&self, model: &str) -> Result<PathBuf, ProviderError> {
        if let Some(folder) = self.store.path(model) {
            return Ok(folder);
        }
        if self.is_offline {
            let detail = format!("it is not in the cache; run `troupe models pull {model}` once, online");
            return Err(local(model, detail));
        }
        tracing::info!(model, "fetching a local model");
        self.store
            .pull(model, &mut |_| {})
            .map_err(|error| local(model, error))
    }

    /// The main file of a model; blocks while it is fetched.
    fn main_file(&self, model: &str) -> Result<PathBuf, ProviderError> {
        let entry = self
            .store
            .catalogue()
            .find(model)
            .map_err(|error| local(model, error))?;
        let file = entry.main_file().ok_or_else(|| local(model, "it has no files"))?;
        Ok(self.folder(model)?.join(file))
    }

    /// The dictionary that all voices share; blocks while it is fetched or read.
    fn dictionary(&self) -> Result<Arc<Dictionary>, ProviderError> {
        let mut shared = self.dictionary.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(dictionary) = shared.upgrade() {
            return Ok(dictionary);
        }
        let read = Dictionary::load(&self.folder(DICTIONARY_NAME)?);
        let dictionary = Arc::new(read.map_err(|error| local(DICTIONARY_NAME, error))?);
        *shared = Arc::downgrade(&dictionary);
        Ok(dictionary)
    }

    /// What reads Japanese; blocks while its dictionary is fetched or read. Offline, without a dictionary, it
    /// reads kana alone.
    fn japanese(&self) -> Result<Japanese, ProviderError> {
        let english = self.dictionary()?;
        if self.is_offline && self.store.path(JAPANESE_NAME).is_none() {
            tracing::warn!(
                model = JAPANESE_NAME,
                "a model is missing and this is offline: no kanji will be read; `troupe models pull` fetches it"
            );
            return Ok(Japanese::of_kana(english));
        }
        Japanese::load(&self.folder(JAPANESE_NAME)?, english).map_err(|error| local(JAPANESE_NAME, error))
    }

    /// ONNX Runtime's shared library; blocks while it is fetched.
    fn onnxruntime(&self) -> Result<PathBuf, ProviderError> {
        match named_onnxruntime() {
            Some(library) => Ok(library),
            None => Ok(self.folder(ONNXRUNTIME)?.join(ONNXRUNTIME_LIBRARY)),
        }
    }

    /// The same, unless it would have to be fetched.
    fn onnxruntime_if_here(&self) -> Option<PathBuf> {
        let in_cache = || Some(self.store.path(ONNXRUNTIME)?.join(ONNXRUNTIME_LIBRARY));
        named_onnxruntime().or_else(in_cache)
    }
}

fn named_onnxruntime() -> Option<PathBuf> {
    std::env::var_os(ONNXRUNTIME_VARIABLE)
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}
