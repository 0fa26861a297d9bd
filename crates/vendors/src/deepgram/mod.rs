//! Deepgram's live transcription: `wss://api.deepgram.com/v1/listen`.
//!
//! Sound goes out as bytes, orders as JSON; `Finalize` has it tell everything it has heard, `KeepAlive` holds a silent
//! connection for more than 10 s. Billed by the sound that is sent.

mod protocol;

use std::sync::Arc;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::ExposeSecret;

use crate::hearing::{Abilities, Hearer, Protocol, RATE_HZ, Service};
use crate::socket::Place;
use crate::word::primary_subtag;
use crate::{Config, Timing};

const URL: &str = "wss://api.deepgram.com";
const MODEL: &str = "nova-3";

/// Deepgram with this key.
pub fn hearer(config: Config) -> Hearer {
    Hearer(Arc::new(Deepgram(config)))
}

struct Deepgram(Config);

impl Service for Deepgram {
    fn abilities(&self) -> Abilities {
        Abilities {
            partials: true,
            word_times: true,
            faster_than_spoken: true,
        }
    }

    fn place(&self, language: &str) -> Place {
        let escaped = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let mut url = format!(
            "{}/v1/listen?encoding=linear16&sample_rate={RATE_HZ}&channels=1&interim_results=true&smart_format=true&model={}",
            self.0.base(URL),
            escaped(self.0.model.as_deref().unwrap_or(MODEL)),
        );
        // Every language is known by this part of its tag, and not every country is.
        if let Some(language) = primary_subtag(language) {
            url.push_str("&language=");
            url.push_str(&language);
        }
        Place {
            url,
            key_header: "authorization",
            key: format!("Token {}", self.0.key.expose_secret()).into(),
            headers: &[],
        }
    }

    fn protocol(&self) -> Box<dyn Protocol> {
        Box::new(protocol::Listen::default())
    }

    fn timing(&self) -> Timing {
        self.0.timing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_says_what_is_sent_and_holds_no_key() {
        let mut config = Config::new("sk-1".to_owned().into());
        config.base_url = Some("ws://h:1/".to_owned());
        config.model = Some("a b".to_owned());
        let place = Deepgram(config).place("en-GB");
        assert!(
            place
                .url
                .starts_with("ws://h:1/v1/listen?encoding=linear16&sample_rate=16000&channels=1")
        );
        assert!(place.url.ends_with("&model=a%20b&language=en"), "{}", place.url);
        assert!(!place.url.contains("sk-1"));
        assert_eq!(place.key.expose_secret(), "Token sk-1");
    }
}
