//! Where a service is, what opens it, and how long it may take.

use std::fmt;
use std::time::Duration;

use secrecy::SecretString;

/// Bounds of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// From the question to the first piece of the answer.
    pub first: Duration,
    /// From one piece to the next.
    pub between: Duration,
}

/// All time bounds of one service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// DNS, TCP, TLS and the handshake together.
    pub connect: Duration,
    /// One frame on its way out: longer means that the other side does not read.
    pub send: Duration,
    /// From the end of a person's sound to their last word.
    pub words: Duration,
    /// After the end of a person's sound, how long nothing more must come before what is there counts as all of it: a
    /// service need not answer when it has nothing to add.
    pub quiet: Duration,
    /// Sound of a text.
    pub sound: Deadline,
    /// How often a connection that carries nothing is kept alive.
    pub keep_alive: Duration,
    /// How long a connection that nobody needs is kept.
    pub idle: Duration,
    /// How long a service that failed is left alone; doubled with each failure, up to [`Self::rest_max`].
    pub rest: Duration,
    /// The longest such rest.
    pub rest_max: Duration,
    /// Pause before a text is sent a second time after a passing failure.
    pub again: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(3),
            send: Duration::from_secs(2),
            words: Duration::from_millis(2_500),
            quiet: Duration::from_millis(800),
            sound: Deadline {
                first: Duration::from_secs(6),
                between: Duration::from_secs(3),
            },
            // The strictest service gives up after 10 s.
            keep_alive: Duration::from_secs(4),
            idle: Duration::from_secs(60),
            rest: Duration::from_secs(5),
            rest_max: Duration::from_secs(60),
            again: Duration::from_millis(100),
        }
    }
}

/// How to reach a service.
#[derive(Clone)]
pub struct Config {
    /// `wss://` address up to the path; the service's own by default.
    pub base_url: Option<String>,
    /// The key.
    pub key: SecretString,
    /// The model; the service's usual one by default.
    pub model: Option<String>,
    /// Time bounds.
    pub timing: Timing,
}

impl Config {
    /// The service itself, its usual model, the usual time bounds.
    pub fn new(key: SecretString) -> Self {
        Self {
            base_url: None,
            key,
            model: None,
            timing: Timing::default(),
        }
    }

    /// Address without a slash at its end.
    pub(crate) fn base(&self, usual: &str) -> String {
        let base = self.base_url.as_deref().unwrap_or(usual);
        base.trim_end_matches('/').to_owned()
    }
}

/// The key stays out of every log, and so does an address, which may hold one.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("model", &self.model)
            .field("timing", &self.timing)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_hides_the_key_and_the_address() {
        let mut config = Config::new("sk-1".to_owned().into());
        config.base_url = Some("wss://u:p@h".to_owned());
        let shown = format!("{config:?}");
        assert!(!shown.contains("sk-1") && !shown.contains("u:p"), "{shown}");
    }
}
