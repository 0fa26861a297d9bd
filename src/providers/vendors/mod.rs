//! Speech services of others: Deepgram and AssemblyAI hear, ElevenLabs and Cartesia speak.
//!
//! What they speak is in `troupe-vendors`; here it becomes what every provider is, with the names of their failures.
//! Each is one backend, asked only where it is named.

mod door;
mod failure;
mod hears;
mod speaks;

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::SecretString;
use troupe_vendors::hearing::Hearer;
use troupe_vendors::speaking::Speaker;
use troupe_vendors::{Config, Timing, assemblyai, cartesia, deepgram, elevenlabs};

use super::registry::Backend;
use super::{LanguageModel, ProviderError, SpeechToText, TextToSpeech};

/// A service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vendor {
    /// Hears.
    Deepgram,
    /// Hears.
    AssemblyAi,
    /// Speaks.
    ElevenLabs,
    /// Speaks.
    Cartesia,
}

impl Vendor {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Deepgram, Self::AssemblyAi, Self::ElevenLabs, Self::Cartesia];

    /// Its name in a spec and in a character's `voices`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deepgram => "deepgram",
            Self::AssemblyAi => "assemblyai",
            Self::ElevenLabs => "elevenlabs",
            Self::Cartesia => "cartesia",
        }
    }

    /// The environment variable of its key.
    pub const fn key_variable(self) -> &'static str {
        match self {
            Self::Deepgram => "DEEPGRAM_API_KEY",
            Self::AssemblyAi => "ASSEMBLYAI_API_KEY",
            Self::ElevenLabs => "ELEVENLABS_API_KEY",
            Self::Cartesia => "CARTESIA_API_KEY",
        }
    }

    const fn hears(self) -> bool {
        matches!(self, Self::Deepgram | Self::AssemblyAi)
    }

    fn unfit(self, detail: impl Into<String>) -> ProviderError {
        ProviderError::Unfit {
            model: self.name().to_owned(),
            detail: detail.into(),
        }
    }
}

/// What opens a service, and where it is if not where it usually is.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// The key; without one the service can't be used.
    pub key: Option<SecretString>,
    /// `wss://` or `https://` address without a path.
    pub base_url: Option<String>,
    /// Time bounds.
    pub timing: Timing,
}

/// One service as a backend.
pub struct VendorBackend {
    vendor: Vendor,
    access: Access,
}

impl VendorBackend {
    /// Nothing is sent yet.
    pub fn new(vendor: Vendor, access: Access) -> Self {
        Self { vendor, access }
    }

    /// Whether there is a key.
    pub fn has_key(&self) -> bool {
        self.access.key.is_some()
    }

    fn config(&self, model: Option<&str>) -> Result<Config, ProviderError> {
        let key = self.access.key.clone().ok_or_else(|| {
            self.vendor
                .unfit(format!("{} is not set", self.vendor.key_variable()))
        })?;
        let base_url = self.access.base_url.as_deref().map(web_socket);
        Ok(Config {
            base_url,
            model: model.map(str::to_owned),
            timing: self.access.timing,
            ..Config::new(key)
        })
    }

    fn hearer(&self, config: Config) -> Result<Hearer, ProviderError> {
        match self.vendor {
            Vendor::Deepgram => Ok(deepgram::hearer(config)),
            Vendor::AssemblyAi => Ok(assemblyai::hearer(config)),
            Vendor::ElevenLabs | Vendor::Cartesia => Err(self.vendor.unfit("it only speaks")),
        }
    }

    fn speaker(&self, config: Config) -> Result<Speaker, ProviderError> {
        match self.vendor {
            Vendor::ElevenLabs => Ok(elevenlabs::speaker(config)),
            Vendor::Cartesia => Ok(cartesia::speaker(config)),
            Vendor::Deepgram | Vendor::AssemblyAi => Err(self.vendor.unfit("it only hears")),
        }
    }
}

/// The same address as WebSockets write it.
fn web_socket(url: &str) -> String {
    match url.strip_prefix("http") {
        Some(rest) => format!("ws{rest}"),
        None => url.to_owned(),
    }
}

#[async_trait]
impl Backend for VendorBackend {
    fn name(&self) -> &'static str {
        self.vendor.name()
    }

    async fn speech_to_text(&self, model: Option<&str>) -> Result<Arc<dyn SpeechToText>, ProviderError> {
        let hearer = self.hearer(self.config(model)?)?;
        Ok(Arc::new(hears::Ears::new(self.vendor, hearer)))
    }

    async fn language_model(&self, _: Option<&str>) -> Result<Arc<dyn LanguageModel>, ProviderError> {
        let what = if self.vendor.hears() { "hears" } else { "speaks" };
        Err(self.vendor.unfit(format!("it only {what}")))
    }

    async fn text_to_speech(&self, model: Option<&str>) -> Result<Arc<dyn TextToSpeech>, ProviderError> {
        let speaker = self.speaker(self.config(model)?)?;
        Ok(Arc::new(speaks::Mouth::new(self.vendor, speaker)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn backend(vendor: Vendor, key: Option<&str>) -> VendorBackend {
        let key = key.map(|key| key.to_owned().into());
        let access = Access {
            key,
            ..Access::default()
        };
        VendorBackend::new(vendor, access)
    }

    #[tokio::test]
    async fn a_service_does_what_it_does_and_says_what_it_lacks() {
        for vendor in Vendor::ALL {
            let backend = backend(vendor, Some("k"));
            assert_eq!(backend.speech_to_text(None).await.is_ok(), vendor.hears());
            assert_eq!(backend.text_to_speech(None).await.is_ok(), !vendor.hears());
            assert!(backend.language_model(None).await.is_err());
        }
        let missing = backend(Vendor::Deepgram, None).speech_to_text(None).await.err();
        assert_eq!(
            missing.map(|error| error.to_string()).as_deref(),
            Some("deepgram can't do that: DEEPGRAM_API_KEY is not set")
        );
    }

    #[test]
    fn either_kind_of_address_will_do() {
        assert_eq!(web_socket("https://eu.example"), "wss://eu.example");
        assert_eq!(web_socket("http://127.0.0.1:1"), "ws://127.0.0.1:1");
        assert_eq!(web_socket("wss://eu.example"), "wss://eu.example");
    }
}
