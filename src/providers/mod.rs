//! Speech to text, language models and text to speech behind three traits.
//!
//! Dropping a future or a stream cancels the work behind it.

pub mod configured;
mod fallback;
pub mod local;
mod metered;
pub mod openai;
pub mod realtime;
pub mod registry;
pub mod scripted;
pub mod spec;
mod streams;
mod tools;
mod usage;
pub mod vendors;
mod voices;

pub use fallback::Counts;
pub use registry::Registry;
pub use streams::{HearingAbilities, Listening, SpeakingAbilities, SpeechContext, SpokenWord, SpokenWords};
pub use tools::{ToolCall, ToolRound, ToolSpec};
pub use usage::{Costs, Prices, Spending, Tokens, Units, Usage};
pub use voices::Voices;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{self, BoxStream, StreamExt};

/// Sample rate of speech handed to [`SpeechToText`], Hz, mono.
pub const SPEECH_RATE_HZ: u32 = 16_000;

/// Why a provider did not deliver. Messages hold no speech, prompt or secret.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ProviderError {
    /// The key was refused.
    #[error("{provider} refused the API key ({status}); check {variable}")]
    Unauthorized {
        /// Which provider.
        provider: &'static str,
        /// HTTP status.
        status: u16,
        /// The environment variable to look at.
        variable: &'static str,
    },
    /// Too many requests.
    #[error("{provider} is rate limited")]
    RateLimited {
        /// Which provider.
        provider: &'static str,
        /// When to try again, if it said.
        retry_after: Option<Duration>,
    },
    /// Any other HTTP failure.
    #[error("{provider} answered {status}")]
    Status {
        /// Which provider.
        provider: &'static str,
        /// HTTP status.
        status: u16,
    },
    /// No connection.
    #[error("{provider} can't be reached: {detail}")]
    Unreachable {
        /// Which provider.
        provider: &'static str,
        /// What the connection said.
        detail: String,
    },
    /// No answer, or no further piece of one, in time.
    #[error("{provider} gave nothing for {waited:?}")]
    Timeout {
        /// Which provider.
        provider: &'static str,
        /// How long it was given.
        waited: Duration,
    },
    /// The connection closed in the middle of an answer.
    #[error("{provider} broke off in the middle of its answer")]
    BrokenOff {
        /// Which provider.
        provider: &'static str,
    },
    /// The answer can't be read.
    #[error("{provider} sent an answer that can't be read: {detail}")]
    Malformed {
        /// Which provider.
        provider: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// The model can't do what was asked of it, however often it is asked.
    #[error("{model} can't do that: {detail}")]
    Unfit {
        /// Which model.
        model: String,
        /// What it can't do.
        detail: String,
    },
    /// A model that runs in the process failed.
    #[error("local model {model} failed: {detail}")]
    Local {
        /// Which model.
        model: String,
        /// What happened.
        detail: String,
    },
}

impl ProviderError {
    /// Whether the same request may succeed when sent again.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::Unreachable { .. }
            | Self::Timeout { .. }
            | Self::BrokenOff { .. } => true,
            Self::Status { status, .. } => *status >= 500,
            Self::Unauthorized { .. } | Self::Malformed { .. } | Self::Unfit { .. } | Self::Local { .. } => {
                false
            }
        }
    }

    /// Whether it tells of the request alone: another one may succeed at the same model at the same moment.
    pub fn is_of_the_request(&self) -> bool {
        match self {
            Self::Unfit { .. } => true,
            Self::Status { status, .. } => matches!(status, 400 | 413 | 422),
            _ => false,
        }
    }
}

/// Turns one utterance into words.
#[async_trait]
pub trait SpeechToText: Send + Sync {
    /// Transcribes mono PCM at [`SPEECH_RATE_HZ`]; an empty answer means that nothing was said, as in no sound at all.
    async fn transcribe(&self, pcm: &[i16], language: &str) -> Result<String, ProviderError>;
    /// What it can do besides.
    fn abilities(&self) -> HearingAbilities {
        HearingAbilities::default()
    }
    /// Listens to a person while they speak, if it can. Needs a tokio runtime.
    fn listen(&self, _language: &str) -> Option<Arc<dyn Listening>> {
        None
    }
}

/// Who wrote a message of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Instructions.
    System,
    /// Everyone but the character itself.
    User,
    /// The character's own lines.
    Assistant,
}

/// One message of a prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who wrote it.
    pub role: Role,
    /// What it says.
    pub content: String,
}

/// What a language model is asked.
#[derive(Debug, Clone, Default)]
pub struct ChatRequest {
    /// The prompt, oldest message first.
    pub messages: Vec<Message>,
    /// Longest answer, tokens.
    pub tokens_max: u32,
    /// Sampling temperature, 0.0–2.0.
    pub temperature: f32,
    /// What it may have done before it goes on.
    pub tools: Vec<ToolSpec>,
    /// What it had done in the course of this answer, after the messages.
    pub rounds: Vec<ToolRound>,
    /// The tools are there to be understood, and none may be called any more.
    pub tools_are_closed: bool,
    /// The same question for a model of the other capacity, which may have to answer in the place of the usual one:
    /// [`LanguageModel::stand_in`].
    pub stand_in: Option<Box<ChatRequest>>,
}

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Text.
    Text(String),
    /// Something that is to be done before the answer can go on; such pieces come behind all text.
    Call(ToolCall),
    /// [`ChatRequest::stand_in`] is answered, not the request itself; comes first.
    StandIn,
    /// What the answer took, where the model tells; comes last.
    Used(Tokens),
}

/// Pieces of an answer as they form.
pub type TokenStream = BoxStream<'static, Result<Piece, ProviderError>>;

/// What a language model can be trusted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Capacity {
    /// It follows instructions and keeps people apart.
    #[default]
    Full,
    /// A model of a billion parameters or fewer: it learns from examples alone, and takes over any name it reads.
    Small,
}

/// Writes what a character says.
#[async_trait]
pub trait LanguageModel: Send + Sync {
    /// Which prompts suit it.
    fn capacity(&self) -> Capacity {
        Capacity::Full
    }
    /// The other capacity that an answer may come from, if there are both; such a one answers only requests that are
    /// put for it too.
    fn stand_in(&self) -> Option<Capacity> {
        None
    }
    /// Reads what later requests of a character begin with, so that their answers come sooner: a hint, for which nobody
    /// waits, and before which every request goes.
    fn read_ahead(&self, _beginning: ChatRequest) {}
    /// Streams the answer.
    async fn reply(&self, request: ChatRequest) -> Result<TokenStream, ProviderError>;
}

/// Speech as it is made: mono PCM.
pub struct SpeechStream {
    /// Sample rate of all chunks, Hz.
    pub rate_hz: u32,
    /// PCM in order; chunks have any length.
    pub chunks: BoxStream<'static, Result<Vec<i16>, ProviderError>>,
    /// When its words sound, as far as the model tells ([`SpeakingAbilities::word_times`]).
    pub words: SpokenWords,
}

impl SpeechStream {
    /// Speech of a model that tells no times.
    pub fn new(rate_hz: u32, chunks: BoxStream<'static, Result<Vec<i16>, ProviderError>>) -> Self {
        Self {
            rate_hz,
            chunks,
            words: SpokenWords::default(),
        }
    }

    /// What is heard of a blank text: nothing.
    fn silence(rate_hz: u32) -> Self {
        Self::new(rate_hz, stream::empty().boxed())
    }
}

/// Speaks one chunk of text.
#[async_trait]
pub trait TextToSpeech: Send + Sync {
    /// Streams the speech of `text`, with the voice that is meant for this model or else its usual one. Of a blank text
    /// nothing is heard, and nobody is asked.
    async fn synthesize(
        &self,
        text: &str,
        voices: &Voices,
        language: &str,
    ) -> Result<SpeechStream, ProviderError>;
    /// What it can do besides.
    fn abilities(&self) -> SpeakingAbilities {
        SpeakingAbilities::default()
    }
    /// Begins a speech whose texts are still to come, if it can; what it needs for that is made ready in the
    /// background. Needs a tokio runtime.
    fn begin(&self, _voices: &Voices, _language: &str) -> Option<Box<dyn SpeechContext>> {
        None
    }
}
