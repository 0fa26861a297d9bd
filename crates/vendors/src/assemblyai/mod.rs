//! AssemblyAI's universal streaming: `wss://streaming.assemblyai.com/v3/ws`.
//!
//! Sound goes out as bytes in messages of 50 to 1 000 ms, no faster than it was spoken; `ForceEndpoint` ends a turn.
//! Billed by the time for which a connection is open, so one that nobody needs is not kept for long.

mod protocol;

use std::sync::Arc;
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::hearing::{Abilities, Hearer, Protocol, RATE_HZ, Service};
use crate::socket::Place;
use crate::word::primary_subtag;
use crate::{Config, Timing};

const URL: &str = "wss://streaming.assemblyai.com";
/// Cheaper, and the usual one for English.
const ENGLISH: &str = "universal-streaming-english";
/// For every other language.
const MULTILINGUAL: &str = "universal-streaming-multilingual";
/// Where each minute of an open connection is paid for, none is kept for longer than this.
const IDLE_MAX: Duration = Duration::from_secs(15);

/// AssemblyAI with this key.
pub fn hearer(config: Config) -> Hearer {
    Hearer(Arc::new(AssemblyAi(config)))
}

struct AssemblyAi(Config);

impl Service for AssemblyAi {
    fn abilities(&self) -> Abilities {
        Abilities {
            partials: true,
            word_times: true,
            faster_than_spoken: false,
        }
    }

    fn place(&self, language: &str) -> Place {
        let is_english = primary_subtag(language).is_none_or(|tag| tag == "en");
        let usual = if is_english { ENGLISH } else { MULTILINGUAL };
        let model = self.0.model.as_deref().unwrap_or(usual);
        Place {
            // When a turn is over is decided here, so the service is to end one of itself as late as it may.
            url: format!(
                "{}/v3/ws?sample_rate={RATE_HZ}&encoding=pcm_s16le&format_turns=true&end_of_turn_confidence_threshold=1.0&speech_model={}",
                self.0.base(URL),
                utf8_percent_encode(model, NON_ALPHANUMERIC),
            ),
            key_header: "authorization",
            key: self.0.key.clone(),
            headers: &[],
        }
    }

    fn protocol(&self) -> Box<dyn Protocol> {
        Box::new(protocol::Stream::default())
    }

    fn timing(&self) -> Timing {
        let timing = self.0.timing;
        Timing {
            idle: timing.idle.min(IDLE_MAX),
            ..timing
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_decides_on_the_model_unless_one_is_named() {
        let place = |model: Option<&str>, language: &str| {
            let mut config = Config::new("k".to_owned().into());
            config.model = model.map(str::to_owned);
            AssemblyAi(config).place(language).url
        };
        assert!(place(None, "en-GB").ends_with("speech_model=universal%2Dstreaming%2Denglish"));
        assert!(place(None, "de").ends_with("speech_model=universal%2Dstreaming%2Dmultilingual"));
        assert!(place(Some("x"), "de").ends_with("speech_model=x"));
    }
}
