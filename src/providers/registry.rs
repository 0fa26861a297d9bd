//! Which model serves a character, each loaded once and shared by all rooms of the process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use tokio::sync::OnceCell;

use super::spec::{Spec, SpecError};
use super::{LanguageModel, ProviderError, SpeechToText, TextToSpeech};

/// A family of models under one name. `None` asks for the default model.
#[async_trait]
pub trait Backend: Send + Sync {
    /// What specs call it.
    fn name(&self) -> &'static str;
    /// Makes a model that hears; called once per model.
    async fn speech_to_text(&self, model: Option<&str>) -> Result<Arc<dyn SpeechToText>, ProviderError>;
    /// Makes a model that writes; called once per model.
    async fn language_model(&self, model: Option<&str>) -> Result<Arc<dyn LanguageModel>, ProviderError>;
    /// Makes a model that speaks; called once per model.
    async fn text_to_speech(&self, model: Option<&str>) -> Result<Arc<dyn TextToSpeech>, ProviderError>;
}

/// The worker's own choice, each `provider:model`; `None` takes the first backend's default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// `TROUPE_STT`.
    pub stt: Option<String>,
    /// `TROUPE_LLM`.
    pub llm: Option<String>,
    /// `TROUPE_TTS`.
    pub tts: Option<String>,
}

impl Choice {
    /// Reads `TROUPE_STT`, `TROUPE_LLM` and `TROUPE_TTS` through `variable`; empty counts as not set.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Self {
        let read = |name| variable(name).filter(|value| !value.trim().is_empty());
        Self {
            stt: read("TROUPE_STT"),
            llm: read("TROUPE_LLM"),
            tts: read("TROUPE_TTS"),
        }
    }
}

/// Why there is no model.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ResolveError {
    /// It was named wrongly.
    #[error(transparent)]
    Spec(#[from] SpecError),
    /// It can't be made.
    #[error("can't prepare {spec}: {error}")]
    Provider {
        /// Which.
        spec: String,
        /// Why.
        error: ProviderError,
    },
    /// The process has no providers at all.
    #[error(
        "no provider is available; set OPENAI_API_KEY or OPENAI_BASE_URL, or use a build with local models"
    )]
    Nothing,
}

type Shared<T> = Mutex<HashMap<Spec, Arc<OnceCell<Arc<T>>>>>;

/// All models of a process. A model that a character names wins over the worker's choice, which wins over the
/// default model of the first backend.
pub struct Registry {
    backends: Vec<Box<dyn Backend>>,
    stt: Kind<dyn SpeechToText>,
    llm: Kind<dyn LanguageModel>,
    tts: Kind<dyn TextToSpeech>,
}

/// What is known of one kind of model.
struct Kind<T: ?Sized> {
    chosen: Option<Spec>,
    made: Shared<T>,
}

impl Registry {
    /// No models at all.
    pub fn empty() -> Self {
        Self {
            backends: Vec::new(),
            stt: Kind::new(None),
            llm: Kind::new(None),
            tts: Kind::new(None),
        }
    }

    /// Checks `choice` against `backends`, most preferred first. All faults are reported at once.
    pub fn new(choice: &Choice, backends: Vec<Box<dyn Backend>>) -> Result<Self, Vec<SpecError>> {
        let known: Vec<&str> = backends.iter().map(|backend| backend.name()).collect();
        let mut faults = Vec::new();
        let mut read = |text: &Option<String>, field: &str| {
            let spec = text
                .as_deref()
                .map(|text| Spec::parse(text, field, &known))
                .transpose();
            spec.unwrap_or_else(|fault| {
                faults.push(fault);
                None
            })
        };
        let stt = Kind::new(read(&choice.stt, "TROUPE_STT"));
        let llm = Kind::new(read(&choice.llm, "TROUPE_LLM"));
        let tts = Kind::new(read(&choice.tts, "TROUPE_TTS"));
        if faults.is_empty() {
            Ok(Self {
                backends,
                stt,
                llm,
                tts,
            })
        } else {
            Err(faults)
        }
    }

    /// The model that hears. `wanted` is the character's `models.stt`.
    pub async fn speech_to_text(&self, wanted: Option<&str>) -> Result<Arc<dyn SpeechToText>, ResolveError> {
        let (spec, backend) = self.pick(wanted, "models.stt", self.stt.chosen.as_ref())?;
        self.stt
            .shared(&spec, || backend.speech_to_text(spec.model.as_deref()))
            .await
    }

    /// The model that writes. `wanted` is the character's `models.llm`.
    pub async fn language_model(&self, wanted: Option<&str>) -> Result<Arc<dyn LanguageModel>, ResolveError> {
        let (spec, backend) = self.pick(wanted, "models.llm", self.llm.chosen.as_ref())?;
        self.llm
            .shared(&spec, || backend.language_model(spec.model.as_deref()))
            .await
    }

    /// The model that speaks. `wanted` is the character's `models.tts`.
    pub async fn text_to_speech(&self, wanted: Option<&str>) -> Result<Arc<dyn TextToSpeech>, ResolveError> {
        let (spec, backend) = self.pick(wanted, "models.tts", self.tts.chosen.as_ref())?;
        self.tts
            .shared(&spec, || backend.text_to_speech(spec.model.as_deref()))
            .await
    }

    /// Which model hears for a character that wants `wanted`, if one would.
    pub fn hears(&self, wanted: Option<&str>) -> Option<Spec> {
        self.name_of(wanted, self.stt.chosen.as_ref())
    }

    /// Which model writes for it likewise.
    pub fn writes(&self, wanted: Option<&str>) -> Option<Spec> {
        self.name_of(wanted, self.llm.chosen.as_ref())
    }

    /// Which model speaks for it likewise.
    pub fn speaks(&self, wanted: Option<&str>) -> Option<Spec> {
        self.name_of(wanted, self.tts.chosen.as_ref())
    }

    fn name_of(&self, wanted: Option<&str>, chosen: Option<&Spec>) -> Option<Spec> {
        self.pick(wanted, "models", chosen).map(|(spec, _)| spec).ok()
    }

    fn pick(
        &self,
        wanted: Option<&str>,
        field: &str,
        chosen: Option<&Spec>,
    ) -> Result<(Spec, &dyn Backend), ResolveError> {
        let known: Vec<&str> = self.backends.iter().map(|backend| backend.name()).collect();
        let spec = match wanted {
            Some(text) => Some(Spec::parse(text, field, &known)?),
            None => chosen.cloned(),
        };
        let backend = match &spec {
            Some(spec) => self
                .backends
                .iter()
                .find(|backend| backend.name() == spec.provider),
            None => self.backends.first(),
        };
        let backend = backend.ok_or(ResolveError::Nothing)?;
        let spec = spec.unwrap_or_else(|| Spec {
            provider: backend.name().to_owned(),
            model: None,
        });
        Ok((spec, backend.as_ref()))
    }
}

impl<T: ?Sized> Kind<T> {
    fn new(chosen: Option<Spec>) -> Self {
        Self {
            chosen,
            made: Mutex::default(),
        }
    }

    /// Two rooms that ask at once wait for one loading; a failed one is tried again by the next.
    async fn shared<F>(&self, spec: &Spec, make: impl FnOnce() -> F) -> Result<Arc<T>, ResolveError>
    where
        F: Future<Output = Result<Arc<T>, ProviderError>>,
    {
        let cell = {
            let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(made.entry(spec.clone()).or_default())
        };
        let model = cell.get_or_try_init(make).await;
        model.cloned().map_err(|error| ResolveError::Provider {
            spec: spec.to_string(),
            error,
        })
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::providers::scripted::Scripted;

    fn registry(choice: &Choice) -> Result<Registry, Vec<SpecError>> {
        Registry::new(
            choice,
            vec![
                Box::new(Scripted::new("first")),
                Box::new(Scripted::new("second")),
            ],
        )
    }

    #[tokio::test]
    async fn the_character_wins_over_the_worker_over_the_default() {
        let choice = Choice {
            tts: Some("second:x".into()),
            ..Choice::default()
        };
        let registry = registry(&choice).unwrap();
        let key = |tts: Arc<dyn TextToSpeech>| tts.voice_key();
        assert_eq!(
            key(registry.text_to_speech(Some("first:y")).await.unwrap()),
            "first"
        );
        assert_eq!(key(registry.text_to_speech(None).await.unwrap()), "second");
        let plain = super::tests::registry(&Choice::default()).unwrap();
        assert_eq!(key(plain.text_to_speech(None).await.unwrap()), "first");
    }

    #[tokio::test]
    async fn a_model_is_made_once() {
        let registry = registry(&Choice::default()).unwrap();
        let (a, b) = tokio::join!(registry.language_model(None), registry.language_model(None));
        assert!(Arc::ptr_eq(&a.unwrap(), &b.unwrap()));
        let other = registry.language_model(Some("first:other")).await.unwrap();
        assert!(!Arc::ptr_eq(
            &registry.language_model(None).await.unwrap(),
            &other
        ));
    }

    #[tokio::test]
    async fn all_faults_are_reported_at_once() {
        let choice = Choice {
            stt: Some("a:b".into()),
            llm: Some("first".into()),
            tts: Some("c".into()),
        };
        let faults = registry(&choice).err().unwrap();
        assert_eq!(
            faults
                .iter()
                .map(|fault| fault.field.as_str())
                .collect::<Vec<_>>(),
            ["TROUPE_STT", "TROUPE_TTS"]
        );
        let registry = registry(&Choice::default()).unwrap();
        let error = registry
            .language_model(Some("c:d"))
            .await
            .err()
            .unwrap()
            .to_string();
        assert!(
            error.starts_with("models.llm is \"c:d\"") && error.ends_with("first, second"),
            "{error}"
        );
    }
}
