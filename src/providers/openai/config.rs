//! Where the server is, what opens it, and how long it may take.

use std::fmt;
use std::time::Duration;

/// OpenAI's own address.
const OFFICIAL_URL: &str = "https://api.openai.com/v1";

/// Variable that names the server.
const URL_VARIABLE: &str = "OPENAI_BASE_URL";
/// Variable that holds the key.
pub(super) const KEY_VARIABLE: &str = "OPENAI_API_KEY";

/// Time for DNS, TCP and TLS together.
const CONNECT: Duration = Duration::from_secs(3);
/// A transcript comes whole: it is its own first byte.
const STT: Deadline = Deadline {
    first: Duration::from_secs(8),
    between: Duration::from_secs(4),
};
/// A small machine may still be loading its model when the first prompt comes.
const LLM: Deadline = Deadline {
    first: Duration::from_secs(10),
    between: Duration::from_secs(5),
};
/// A gap within speech is heard once the audio sent so far has been played.
const TTS: Deadline = Deadline {
    first: Duration::from_secs(6),
    between: Duration::from_secs(3),
};
/// Pause before the one retry; up to as much again is added at random.
const BACKOFF: Duration = Duration::from_millis(100);
/// A server that asks for a longer pause than this is not retried: somebody is waiting for a word.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(1);

/// Bounds of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// From sending the request to the first piece of the answer.
    pub first: Duration,
    /// From one piece to the next.
    pub between: Duration,
}

/// All time bounds of the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Making a connection.
    pub connect: Duration,
    /// Speech to text.
    pub stt: Deadline,
    /// The language model.
    pub llm: Deadline,
    /// Text to speech.
    pub tts: Deadline,
    /// Pause before the retry, without its random part.
    pub backoff: Duration,
    /// Longest pause that a server may ask for and still be retried.
    pub retry_after_max: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: CONNECT,
            stt: STT,
            llm: LLM,
            tts: TTS,
            backoff: BACKOFF,
            retry_after_max: RETRY_AFTER_MAX,
        }
    }
}

/// How to reach a server.
#[derive(Clone)]
pub struct Config {
    /// Address up to and without `/chat/completions`.
    pub base_url: String,
    /// The key, unless the server needs none.
    pub api_key: Option<String>,
    /// Time bounds.
    pub timing: Timing,
}

/// The key stays out of every log.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("timing", &self.timing)
            .finish_non_exhaustive()
    }
}

/// Why the provider can't be set up.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// No address that HTTP understands.
    #[error("OPENAI_BASE_URL is not an http or https address; write one such as http://localhost:11434/v1")]
    BaseUrl,
    /// OpenAI itself needs a key.
    #[error("OPENAI_API_KEY is not set; set it, or point OPENAI_BASE_URL to a server that needs no key")]
    KeyMissing,
    /// Not fit for a header.
    #[error("OPENAI_API_KEY holds characters that no key has; copy it again without quotes or line breaks")]
    KeyUnreadable,
    /// The TLS or DNS set-up of this machine.
    #[error("the HTTP client can't be made: {0}")]
    Client(String),
}

impl Config {
    /// Reads `OPENAI_BASE_URL` and `OPENAI_API_KEY` through `variable`; `None` when neither is set.
    /// Empty values count as not set.
    pub fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let read = |name| {
            variable(name)
                .map(|v| v.trim().to_owned())
                .filter(|v| !v.is_empty())
        };
        let (url, api_key) = (read(URL_VARIABLE), read(KEY_VARIABLE));
        if url.is_none() && api_key.is_none() {
            return None;
        }
        let base_url = url.unwrap_or_else(|| OFFICIAL_URL.to_owned());
        Some(Self {
            base_url,
            api_key,
            timing: Timing::default(),
        })
    }

    /// Whether this is OpenAI itself: newer parameter names, and a key is needed.
    pub(super) fn is_official(&self) -> bool {
        reqwest::Url::parse(&self.base_url).is_ok_and(|url| url.host_str() == Some("api.openai.com"))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn either_variable_turns_it_on() {
        assert!(Config::from_variables(|_| None).is_none());
        assert!(Config::from_variables(|_| Some(" ".into())).is_none());
        let key = Config::from_variables(|name| (name == KEY_VARIABLE).then(|| "sk-1".into())).unwrap();
        assert!(key.is_official());
        let url =
            Config::from_variables(|name| (name == URL_VARIABLE).then(|| "http://localhost:1/v1".into()));
        assert!(!url.unwrap().is_official());
    }

    #[test]
    fn debug_output_hides_the_key() {
        let config = Config {
            base_url: "http://u:p@h/v1".into(),
            api_key: Some("sk-1".into()),
            timing: Timing::default(),
        };
        let shown = format!("{config:?}");
        assert!(!shown.contains("sk-1") && !shown.contains("u:p"));
    }
}
