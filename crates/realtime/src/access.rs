//! Where a model is, what opens it, and how long it may take.

use std::fmt;
use std::time::Duration;

/// Who offers a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// OpenAI Realtime.
    OpenAi,
    /// Gemini Live.
    Gemini,
}

impl Provider {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::OpenAi, Self::Gemini];

    /// What it is called in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Gemini => "gemini",
        }
    }

    /// The environment variable that holds its key.
    pub fn key_variable(self) -> &'static str {
        match self {
            Self::OpenAi => "OPENAI_API_KEY",
            Self::Gemini => "GEMINI_API_KEY",
        }
    }

    /// The model of a session that names none.
    pub fn default_model(self) -> &'static str {
        match self {
            Self::OpenAi => "gpt-realtime",
            Self::Gemini => "gemini-3.8-live",
        }
    }

    /// Its own address.
    pub fn official_url(self) -> &'static str {
        match self {
            Self::OpenAi => "wss://api.openai.com/v1/realtime",
            Self::Gemini => {
                "wss://generativelanguage.googleapis.com/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent"
            }
        }
    }

    /// Sample rate of the sound that it takes, Hz, mono.
    pub fn heard_rate_hz(self) -> u32 {
        match self {
            Self::OpenAi => 24_000,
            Self::Gemini => 16_000,
        }
    }
}

/// All that it takes to reach a model as one character.
#[derive(Clone)]
pub struct Access {
    /// Who offers it.
    pub provider: Provider,
    /// `ws` or `wss`, without a query.
    pub url: String,
    /// The key, unless the server needs none.
    pub key: Option<String>,
    /// Which model.
    pub model: String,
    /// The provider's name of the voice; without one, its usual voice.
    pub voice: Option<String>,
    /// Time bounds.
    pub timing: Timing,
}

/// The key stays out of every log.
impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access")
            .field("provider", &self.provider)
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

/// Time bounds of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// From the first packet until the server takes questions.
    pub connect: Duration,
    /// From a question to the first piece of its answer, a connection that has to be made included.
    pub first: Duration,
    /// From one piece to the next.
    pub between: Duration,
    /// A connection that is older is made anew before the next question: servers end one at 60 minutes and earlier.
    pub age_max: Duration,
    /// After this long without a message the server is asked whether it is there.
    pub silence: Duration,
    /// After a failure that the next question would meet too, none is asked for so long.
    pub rest: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(4),
            first: Duration::from_secs(5),
            between: Duration::from_secs(4),
            age_max: Duration::from_secs(50 * 60),
            silence: Duration::from_secs(20),
            rest: Duration::from_secs(30),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_hides_the_key_and_the_address() {
        let access = Access {
            provider: Provider::OpenAi,
            url: "wss://secret.example".into(),
            key: Some("sk-1".into()),
            model: "m".into(),
            voice: None,
            timing: Timing::default(),
        };
        let shown = format!("{access:?}");
        assert!(!shown.contains("sk-1") && !shown.contains("secret"), "{shown}");
    }
}
