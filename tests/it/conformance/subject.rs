//! A model of a provider, what it is asked, and what came of it.

use std::sync::Arc;

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use troupe::providers::registry::{Backend, Choice};
use troupe::providers::{
    ChatRequest, LanguageModel, Message, Piece, ProviderError, Registry, Role as By, SpeechToText,
    TextToSpeech, Tokens, Usage, Voices,
};

use super::conduct::{Conduct, Patience};

/// What opens the servers; no failure may name it.
pub(super) const KEY: &str = "key-that-must-not-be-seen";
/// What a person says and a character is to say or to speak; no failure may name it.
pub(super) const LINE: &str = "one two three";
/// What speaking servers make of every text, samples.
pub(super) const SPOKEN: usize = 24_000;

/// What a model does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Hears,
    Writes,
    Speaks,
}

/// A provider in one role, as the suite sees it.
#[async_trait]
pub(super) trait Subject: Send + Sync {
    /// What specs call the provider.
    fn provider(&self) -> &'static str;
    fn role(&self) -> Role;
    /// Which of its models; without one its usual one.
    fn model(&self) -> Option<&'static str> {
        None
    }
    /// The provider, and the server behind it if there is one. The server goes through `conducts`, one a request or
    /// connection; the last one lasts.
    async fn provide(&self, conducts: &[Conduct], patience: Patience) -> Provided;
    /// Whether an answer is all of it.
    fn is_whole(&self, answer: &Answer) -> bool {
        let is_said = match self.role() {
            Role::Hears | Role::Writes => answer.text == LINE,
            Role::Speaks => answer.samples == SPOKEN,
        };
        is_said && answer.error.is_none()
    }
    /// What a good answer takes, if the provider tells.
    fn tokens(&self) -> Option<Tokens> {
        None
    }
    /// Sound that has words in it, at the rate that is heard.
    fn recording(&self) -> Vec<i16> {
        vec![1; 3_200]
    }
}

/// A provider, the registry that builds its models, and what watches it from the other side.
#[derive(Clone)]
pub(super) struct Provided {
    pub(super) backend: Arc<dyn Backend>,
    pub(super) registry: Arc<Registry>,
    pub(super) server: Option<Arc<dyn Server>>,
}

impl Provided {
    pub(super) fn new(backend: impl Backend + 'static, server: Option<Arc<dyn Server>>) -> Self {
        let backend: Arc<dyn Backend> = Arc::new(backend);
        let registry = Registry::new(&Choice::default(), vec![Arc::clone(&backend)]).unwrap();
        Self {
            backend,
            registry: Arc::new(registry),
            server,
        }
    }
}

/// A server that sees what is done to it.
#[async_trait]
pub(super) trait Server: Send + Sync {
    /// Waits until something is asked.
    async fn is_asked(&self);
    /// Waits until a request or a connection is over.
    async fn is_left(&self);
}

/// A model that is there to be asked.
#[derive(Clone)]
pub(super) enum Model {
    Hears(Arc<dyn SpeechToText>),
    Writes(Arc<dyn LanguageModel>),
    Speaks(Arc<dyn TextToSpeech>),
}

/// What a model is asked.
#[derive(Clone)]
pub(super) struct Question {
    pub(super) sound: Vec<i16>,
    pub(super) text: &'static str,
    pub(super) tokens_max: u32,
}

/// All that came of a question.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) text: String,
    pub(super) samples: usize,
    pub(super) error: Option<ProviderError>,
}

impl Answer {
    /// Whether there is something of it.
    pub(super) fn is_begun(&self) -> bool {
        !self.text.is_empty() || self.samples > 0
    }
}

/// What the registry builds of a subject.
pub(super) struct Rig {
    pub(super) backend: Arc<dyn Backend>,
    pub(super) model: Model,
    pub(super) server: Option<Arc<dyn Server>>,
    pub(super) question: Question,
}

impl Rig {
    /// Through a registry, as a worker does.
    pub(super) async fn build(subject: &dyn Subject, conducts: &[Conduct], patience: Patience) -> Self {
        let Provided {
            backend,
            registry,
            server,
        } = subject.provide(conducts, patience).await;
        let spec = subject
            .model()
            .map(|model| format!("{}:{model}", subject.provider()));
        let spec = spec.as_deref();
        let model = match subject.role() {
            Role::Hears => Model::Hears(registry.speech_to_text(spec).await.unwrap()),
            Role::Writes => Model::Writes(registry.language_model(spec).await.unwrap()),
            Role::Speaks => Model::Speaks(registry.text_to_speech(spec).await.unwrap()),
        };
        let question = Question {
            sound: subject.recording(),
            text: LINE,
            tokens_max: 16,
        };
        Self {
            backend,
            model,
            server,
            question,
        }
    }

    /// Asks, and takes all that comes.
    pub(super) async fn answer(&self) -> Answer {
        gather(self.model.pieces(self.question.clone())).await
    }
}

/// A piece of an answer: some text, or so many samples.
pub(super) type Bit = Result<(String, usize), ProviderError>;

impl Model {
    /// The same, with its use counted.
    pub(super) fn counted(&self, usage: &Usage) -> Self {
        match self.clone() {
            Self::Hears(model) => Self::Hears(usage.of_hearing(model)),
            Self::Writes(model) => Self::Writes(usage.of_writing(model)),
            Self::Speaks(model) => Self::Speaks(usage.of_speaking(model)),
        }
    }

    /// The answer as it comes; dropping it gives it up.
    pub(super) fn pieces(&self, question: Question) -> BoxStream<'static, Bit> {
        let model = self.clone();
        let asked = async move {
            Ok::<BoxStream<'static, Bit>, ProviderError>(match model {
                Self::Hears(model) => {
                    let words = model.transcribe(&question.sound, "en").await?;
                    stream::iter([Ok((words, 0))]).boxed()
                }
                Self::Writes(model) => {
                    let pieces = model.reply(request(&question)).await?;
                    pieces.map_ok(|piece| (written(piece), 0)).boxed()
                }
                Self::Speaks(model) => {
                    let speech = model.synthesize(question.text, &Voices::default(), "en").await?;
                    speech.chunks.map_ok(|pcm| (String::new(), pcm.len())).boxed()
                }
            })
        };
        stream::once(asked).try_flatten().boxed()
    }
}

fn request(question: &Question) -> ChatRequest {
    let message = |role, content: &str| Message {
        role,
        content: content.to_owned(),
    };
    ChatRequest {
        messages: vec![
            message(By::System, "Answer in one short sentence."),
            message(By::User, question.text),
        ],
        tokens_max: question.tokens_max,
        temperature: 0.5,
        ..ChatRequest::default()
    }
}

fn written(piece: Piece) -> String {
    match piece {
        Piece::Text(text) => text,
        Piece::Used(_) => String::new(),
        other => panic!("nobody asked for {other:?}"),
    }
}

/// All that comes. A failure must tell no secret and no speech.
pub(super) async fn gather(mut pieces: BoxStream<'static, Bit>) -> Answer {
    let mut answer = Answer::default();
    while let Some(piece) = pieces.next().await {
        match piece {
            Ok((text, samples)) => {
                answer.text.push_str(&text);
                answer.samples += samples;
            }
            Err(error) => {
                let told = format!("{error} {error:?}");
                assert!(!told.contains(KEY) && !told.contains(LINE), "{told}");
                answer.error = Some(error);
            }
        }
    }
    answer
}
