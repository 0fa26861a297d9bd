//! ElevenLabs' speech of text that streams in: `wss://api.elevenlabs.io/v1/text-to-speech/{voice}/stream-input`.
//!
//! A connection says one text: nothing else tells where its sound ends. The next one is opened while the text for it is
//! written. Billed by the character.

mod protocol;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::socket::Place;
use crate::speaking::{Abilities, Protocol, Service, Speaker, Voice};
use crate::{Config, Timing};

const URL: &str = "wss://api.elevenlabs.io";
const MODEL: &str = "eleven_flash_v2_5";
/// A voice that every account has.
const VOICE: &str = "JBFqnCBsd6RMkjVDRZzb";
/// How long the service waits for a text, s.
const INACTIVITY_S: u32 = 60;

/// ElevenLabs with this key.
pub fn speaker(config: Config) -> Speaker {
    Speaker::new(ElevenLabs(config))
}

struct ElevenLabs(Config);

impl Service for ElevenLabs {
    fn abilities(&self) -> Abilities {
        Abilities {
            keeps_context: false,
            word_times: true,
            is_reused: false,
        }
    }

    fn place(&self, voice: &Voice) -> Place {
        let escaped = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let model = self.0.model.as_deref().unwrap_or(MODEL);
        let mut url = format!(
            "{}/v1/text-to-speech/{}/stream-input?model_id={}&output_format=pcm_24000&auto_mode=true&sync_alignment=true&inactivity_timeout={INACTIVITY_S}",
            self.0.base(URL),
            escaped(voice.name.as_deref().unwrap_or(VOICE)),
            escaped(model),
        );
        // Other models refuse to be told a language.
        if let Some(language) = voice.language().filter(|_| model.ends_with("_v2_5")) {
            url.push_str("&language_code=");
            url.push_str(&language);
        }
        Place {
            url,
            key_header: "xi-api-key",
            key: self.0.key.clone(),
            headers: &[],
        }
    }

    fn protocol(&self, _: &Voice) -> Box<dyn Protocol> {
        Box::new(protocol::StreamInput::default())
    }

    fn timing(&self) -> Timing {
        self.0.timing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_models_that_know_languages_are_told_one() {
        let url = |model: Option<&str>| {
            let mut config = Config::new("k".to_owned().into());
            config.model = model.map(str::to_owned);
            let voice = Voice {
                name: Some("../x".to_owned()),
                language: "de-AT".to_owned(),
            };
            ElevenLabs(config).place(&voice).url
        };
        assert!(url(None).contains("/text-to-speech/%2E%2E%2Fx/stream-input?"));
        assert!(url(None).ends_with("&language_code=de"));
        assert!(!url(Some("eleven_multilingual_v2")).contains("language_code"));
    }
}
