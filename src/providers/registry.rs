//! Which models serve a character, each loaded once and shared by all rooms of the process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures::future::BoxFuture;

use super::fallback::{
    Common, Counts, FallbackLanguageModel, FallbackSpeechToText, FallbackTextToSpeech, Link, Make,
};
use super::realtime::Realtime;
use super::spec::{Spec, SpecError, Specs};
use super::{Capacity, LanguageModel, ProviderError, SpeechToText, TextToSpeech};

/// A family of models under one name. `None` asks for the default model.
#[async_trait]
pub trait Backend: Send + Sync {
    /// What specs call it.
    fn name(&self) -> &'static str;
    /// What a model that writes can be trusted with, before it is made.
    fn capacity(&self, _model: Option<&str>) -> Capacity {
        Capacity::Full
    }
    /// The share of its time that the busiest of its models works in this process, 0.0–1.0; models that are elsewhere
    /// don't count.
    fn busy(&self) -> f64 {
        0.0
    }
    /// Makes a model that hears; called once per model.
    async fn speech_to_text(&self, model: Option<&str>) -> Result<Arc<dyn SpeechToText>, ProviderError>;
    /// Makes a model that writes; called once per model.
    async fn language_model(&self, model: Option<&str>) -> Result<Arc<dyn LanguageModel>, ProviderError>;
    /// Makes a model that speaks; called once per model.
    async fn text_to_speech(&self, model: Option<&str>) -> Result<Arc<dyn TextToSpeech>, ProviderError>;
}

/// The worker's own choice, each `provider:model` or several with commas between; `None` takes the first backend's default.
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

/// All models of a process. A model that a character names wins over the worker's choice, which wins over the
/// default model of the first backend. Where several are named, they are a chain: the next one answers when one fails
/// or is too slow.
pub struct Registry {
    backends: Vec<Arc<dyn Backend>>,
    counts: Counts,
    realtime: Realtime,
    stt: Kind<dyn SpeechToText>,
    llm: Kind<dyn LanguageModel>,
    tts: Kind<dyn TextToSpeech>,
}

/// What is known of one kind of model.
struct Kind<T: ?Sized> {
    chosen: Option<Specs>,
    links: Mutex<HashMap<Spec, Arc<Link<T>>>>,
    common: Common,
}

impl Registry {
    /// No models at all.
    pub fn empty() -> Self {
        Self::of(Vec::new(), [None, None, None])
    }

    /// Checks `choice` against `backends`, most preferred first. All faults are reported at once.
    pub fn new(choice: &Choice, backends: Vec<Arc<dyn Backend>>) -> Result<Self, Vec<SpecError>> {
        let known: Vec<&str> = backends.iter().map(|backend| backend.name()).collect();
        let mut faults = Vec::new();
        let mut read = |text: &Option<String>, field: &str| {
            let specs = text
                .as_deref()
                .map(|text| Specs::parse(text, field, &known))
                .transpose();
            specs.unwrap_or_else(|fault| {
                faults.push(fault);
                None
            })
        };
        let chosen = [
            read(&choice.stt, "TROUPE_STT"),
            read(&choice.llm, "TROUPE_LLM"),
            read(&choice.tts, "TROUPE_TTS"),
        ];
        if faults.is_empty() {
            Ok(Self::of(backends, chosen))
        } else {
            Err(faults)
        }
    }

    fn of(backends: Vec<Arc<dyn Backend>>, [stt, llm, tts]: [Option<Specs>; 3]) -> Self {
        let counts = Counts::default();
        Self {
            backends,
            realtime: Realtime::default(),
            stt: Kind::new(stt, &counts),
            llm: Kind::new(llm, &counts),
            tts: Kind::new(tts, &counts),
            counts,
        }
    }

    /// The share of its time that the busiest model of this process works, 0.0–1.0.
    pub fn busy(&self) -> f64 {
        self.backends
            .iter()
            .map(|backend| backend.busy())
            .fold(0.0, f64::max)
    }

    /// The same with models that hear and speak by themselves.
    #[must_use]
    pub fn with_realtime(self, realtime: Realtime) -> Self {
        Self { realtime, ..self }
    }

    /// Models that hear and speak by themselves.
    pub fn realtime(&self) -> &Realtime {
        &self.realtime
    }

    /// What its chains have done.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// The model that hears. `wanted` is the character's `models.stt`.
    ///
    /// # Errors
    /// When it is named wrongly, or neither it nor one that may answer in its place can be made.
    pub async fn speech_to_text(&self, wanted: Option<&str>) -> Result<Arc<dyn SpeechToText>, ResolveError> {
        let links = self.links(wanted, "models.stt", &self.stt, |backend, model| {
            Box::pin(async move { backend.speech_to_text(model.as_deref()).await })
        })?;
        if let [only] = links.as_slice() {
            return made(only).await;
        }
        let chain = FallbackSpeechToText::ready(links, self.stt.common.clone());
        Ok(Arc::new(chain.await.map_err(unmade)?))
    }

    /// The model that writes. `wanted` is the character's `models.llm`.
    ///
    /// # Errors
    /// As [`Self::speech_to_text`].
    pub async fn language_model(&self, wanted: Option<&str>) -> Result<Arc<dyn LanguageModel>, ResolveError> {
        let links = self.links(wanted, "models.llm", &self.llm, |backend, model| {
            Box::pin(async move { backend.language_model(model.as_deref()).await })
        })?;
        if let [only] = links.as_slice() {
            return made(only).await;
        }
        let chain = FallbackLanguageModel::ready(links, self.llm.common.clone());
        Ok(Arc::new(chain.await.map_err(unmade)?))
    }

    /// The model that speaks. `wanted` is the character's `models.tts`.
    ///
    /// # Errors
    /// As [`Self::speech_to_text`].
    pub async fn text_to_speech(&self, wanted: Option<&str>) -> Result<Arc<dyn TextToSpeech>, ResolveError> {
        let links = self.links(wanted, "models.tts", &self.tts, |backend, model| {
            Box::pin(async move { backend.text_to_speech(model.as_deref()).await })
        })?;
        if let [only] = links.as_slice() {
            return made(only).await;
        }
        let chain = FallbackTextToSpeech::ready(links, self.tts.common.clone());
        Ok(Arc::new(chain.await.map_err(unmade)?))
    }

    /// Which model hears for a character that wants `wanted`, if one would: the first that is asked.
    pub fn hears(&self, wanted: Option<&str>) -> Option<Spec> {
        self.first_of(wanted, self.stt.chosen.as_ref())
    }

    /// Which model writes for it likewise.
    pub fn writes(&self, wanted: Option<&str>) -> Option<Spec> {
        self.first_of(wanted, self.llm.chosen.as_ref())
    }

    /// Which model speaks for it likewise.
    pub fn speaks(&self, wanted: Option<&str>) -> Option<Spec> {
        self.first_of(wanted, self.tts.chosen.as_ref())
    }

    fn first_of(&self, wanted: Option<&str>, chosen: Option<&Specs>) -> Option<Spec> {
        let Specs(specs) = self.specs(wanted, "models", chosen).ok()??;
        specs.into_iter().next()
    }

    /// What is asked in which order; `None` where there are no models at all.
    fn specs(
        &self,
        wanted: Option<&str>,
        field: &str,
        chosen: Option<&Specs>,
    ) -> Result<Option<Specs>, ResolveError> {
        let known: Vec<&str> = self.backends.iter().map(|backend| backend.name()).collect();
        let first = || {
            self.backends.first().map(|backend| {
                Specs(vec![Spec {
                    provider: backend.name().to_owned(),
                    model: None,
                }])
            })
        };
        Ok(match wanted {
            Some(text) => Some(Specs::parse(text, field, &known)?),
            None => chosen.cloned().or_else(first),
        })
    }

    /// The links that are asked in this order; one at least.
    fn links<T: ?Sized + Send + Sync + 'static>(
        &self,
        wanted: Option<&str>,
        field: &str,
        kind: &Kind<T>,
        make: MakeOf<T>,
    ) -> Result<Vec<Arc<Link<T>>>, ResolveError> {
        let specs = self.specs(wanted, field, kind.chosen.as_ref())?;
        let Specs(specs) = specs.ok_or(ResolveError::Nothing)?;
        let links = specs.into_iter().filter_map(|spec| {
            let mut backends = self.backends.iter();
            let backend = backends.find(|backend| backend.name() == spec.provider)?;
            Some(kind.link(spec, backend, make))
        });
        let links: Vec<_> = links.collect();
        if links.is_empty() {
            return Err(ResolveError::Nothing);
        }
        Ok(links)
    }
}

/// Has a backend make a model.
type MakeOf<T> = fn(Arc<dyn Backend>, Option<String>) -> BoxFuture<'static, Result<Arc<T>, ProviderError>>;

async fn made<T: ?Sized + Send + Sync + 'static>(link: &Link<T>) -> Result<Arc<T>, ResolveError> {
    let model = link.model().await;
    model.map_err(|error| unmade((link.name().to_owned(), error)))
}

fn unmade((spec, error): (String, ProviderError)) -> ResolveError {
    ResolveError::Provider { spec, error }
}

impl<T: ?Sized + Send + Sync + 'static> Kind<T> {
    fn new(chosen: Option<Specs>, counts: &Counts) -> Self {
        Self {
            chosen,
            links: Mutex::default(),
            common: Common::new(counts.clone()),
        }
    }

    /// The one link of this spec, whoever names it.
    fn link(&self, spec: Spec, backend: &Arc<dyn Backend>, make: MakeOf<T>) -> Arc<Link<T>> {
        let mut links = self.links.lock().unwrap_or_else(PoisonError::into_inner);
        let link = links.entry(spec).or_insert_with_key(|spec| {
            let (backend, model) = (Arc::clone(backend), spec.model.clone());
            let capacity = backend.capacity(model.as_deref());
            let make: Make<T> = Box::new(move || make(Arc::clone(&backend), model.clone()));
            Arc::new(Link::new(spec.to_string(), capacity, make))
        });
        Arc::clone(link)
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
                Arc::new(Scripted::new("first")),
                Arc::new(Scripted::new("second")),
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
        let voice = async |registry: &Registry, wanted| registry.text_to_speech(wanted).await.unwrap();
        let second = voice(&registry, Some("second:x")).await;
        assert!(Arc::ptr_eq(&voice(&registry, None).await, &second));
        assert!(!Arc::ptr_eq(&voice(&registry, Some("first:y")).await, &second));
        let plain = super::tests::registry(&Choice::default()).unwrap();
        let default = voice(&plain, Some("first")).await;
        assert!(Arc::ptr_eq(&voice(&plain, None).await, &default));
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
