//! OpenAI, and every server that speaks its HTTP API: Ollama, llama-server, vLLM, Speaches, …
//!
//! The request types are those of `async-openai`; the transport is ours, because a voice needs what that client
//! doesn't offer: speech handed on as its bytes arrive, a deadline for the first piece and for every later one, a
//! retry that ends once something was heard, servers that leave fields out, and no logging of what can't be read.

mod calls;
mod config;
mod llm;
mod sse;
mod stt;
mod transport;
mod tts;
mod wav;

use std::sync::Arc;

use async_trait::async_trait;

pub use config::{Config, ConfigError, Deadline, Timing};
use transport::Endpoint;

use super::registry::Backend;
use super::{LanguageModel, ProviderError, SpeechToText, TextToSpeech};

/// Name of this provider in a spec and in a character's `voices`.
pub const NAME: &str = "openai";

const STT_MODEL: &str = "gpt-4o-mini-transcribe";
const LLM_MODEL: &str = "gpt-4.1-mini";
const TTS_MODEL: &str = "gpt-4o-mini-tts";

/// One server and one pool of connections, shared by all models taken from it.
#[derive(Debug, Clone)]
pub struct OpenAi {
    endpoint: Arc<Endpoint>,
}

impl OpenAi {
    /// Prepares the connections; nothing is sent yet.
    pub fn new(config: &Config) -> Result<Self, ConfigError> {
        Ok(Self {
            endpoint: Arc::new(Endpoint::new(config)?),
        })
    }
}

#[async_trait]
impl Backend for OpenAi {
    fn name(&self) -> &'static str {
        NAME
    }

    async fn speech_to_text(&self, model: Option<&str>) -> Result<Arc<dyn SpeechToText>, ProviderError> {
        Ok(Arc::new(stt::Transcriber::new(
            Arc::clone(&self.endpoint),
            model.unwrap_or(STT_MODEL),
        )))
    }

    async fn language_model(&self, model: Option<&str>) -> Result<Arc<dyn LanguageModel>, ProviderError> {
        Ok(Arc::new(llm::Writer::new(
            Arc::clone(&self.endpoint),
            model.unwrap_or(LLM_MODEL),
        )))
    }

    async fn text_to_speech(&self, model: Option<&str>) -> Result<Arc<dyn TextToSpeech>, ProviderError> {
        Ok(Arc::new(tts::Speaker::new(
            Arc::clone(&self.endpoint),
            model.unwrap_or(TTS_MODEL),
        )))
    }
}
