//! The providers that a configuration asks for.

use std::sync::Arc;

use super::local::Local;
use super::openai::{self, OpenAi};
use super::realtime::{self, Realtime};
use super::registry::{Backend, Choice, Registry};
use super::vendors::{Access, Vendor, VendorBackend};
use crate::config::{Config, ModelNames};
use secrecy::ExposeSecret;

/// Why there are no providers.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The OpenAI-compatible server can't be used.
    #[error(transparent)]
    OpenAi(#[from] openai::ConfigError),
    /// A model was named wrongly; one line for each.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Specs(Vec<super::spec::SpecError>),
}

/// The registry for a configuration: an OpenAI-compatible server first where one is configured, local models behind, and
/// behind them services that are asked only where they are named.
///
/// # Errors
/// When the configuration names what does not exist.
pub fn registry(config: &Config) -> Result<Registry, SetupError> {
    let mut backends: Vec<Arc<dyn Backend>> = Vec::new();
    let key = config
        .openai
        .api_key
        .as_ref()
        .map(|key| key.expose_secret().to_owned());
    let base = config.openai.base_url.as_ref().map(|url| url.as_str().to_owned());
    let variable = |name: &str| match name {
        "OPENAI_API_KEY" => key.clone(),
        "OPENAI_BASE_URL" => base.clone(),
        _ => None,
    };
    if let Some(openai) = openai::Config::from_variables(variable) {
        backends.push(Arc::new(OpenAi::new(&openai)?));
    }
    backends.push(Arc::new(Local::new(config.cache.clone(), config.offline)));
    for service in vendors(config) {
        backends.push(Arc::new(service));
    }
    let spec = |names: &Option<ModelNames>| names.as_ref().map(ToString::to_string);
    let choice = Choice {
        stt: spec(&config.models.stt),
        llm: spec(&config.models.llm),
        tts: spec(&config.models.tts),
    };
    let gemini = config.gemini.api_key.as_ref();
    let realtime_url = config.openai.realtime_url.clone();
    let realtime = Realtime::new(
        realtime_url.or_else(|| base.as_deref().map(realtime::beside)),
        key,
        config.gemini.realtime_url.clone(),
        gemini.map(|key| key.expose_secret().to_owned()),
    );
    let registry = Registry::new(&choice, backends).map_err(SetupError::Specs)?;
    Ok(registry.with_realtime(realtime))
}

/// The speech services of others, with what opens them; without a key each says so when it is asked.
pub fn vendors(config: &Config) -> impl Iterator<Item = VendorBackend> {
    let vendors = &config.vendors;
    let vendors = [
        (Vendor::Deepgram, &vendors.deepgram),
        (Vendor::AssemblyAi, &vendors.assemblyai),
        (Vendor::ElevenLabs, &vendors.elevenlabs),
        (Vendor::Cartesia, &vendors.cartesia),
    ];
    vendors.into_iter().map(|(vendor, place)| {
        let access = Access {
            key: place.api_key.clone(),
            base_url: place.base_url.as_ref().map(|url| url.as_str().to_owned()),
            ..Access::default()
        };
        VendorBackend::new(vendor, access)
    })
}
