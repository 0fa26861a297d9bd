//! Models that hear and speak by themselves: which there are keys for, and how a character reaches one.

use std::collections::BTreeMap;

use troupe_realtime::{Access, Provider, Timing};

use super::spec::{Spec, SpecError};

/// Voices of OpenAI that its realtime models have: it has more for text to speech.
const OPENAI_VOICES: [&str; 10] = [
    "alloy", "ash", "ballad", "cedar", "coral", "echo", "marin", "sage", "shimmer", "verse",
];

/// Where one provider is.
#[derive(Clone)]
struct Place {
    provider: Provider,
    url: String,
    key: Option<String>,
}

/// The providers that this process can reach.
#[derive(Clone, Default)]
pub struct Realtime(Vec<Place>);

impl Realtime {
    /// From what is configured: OpenAI and Gemini, or servers at these WebSocket addresses that speak their protocols
    /// and may need no key.
    pub fn new(
        openai_url: Option<String>,
        openai_key: Option<String>,
        gemini_url: Option<String>,
        gemini_key: Option<String>,
    ) -> Self {
        let places = [
            (Provider::OpenAi, openai_url, openai_key),
            (Provider::Gemini, gemini_url, gemini_key),
        ];
        let known = places
            .into_iter()
            .filter(|(_, url, key)| url.is_some() || key.is_some());
        let places = known.map(|(provider, url, key)| Place {
            provider,
            url: url.unwrap_or_else(|| provider.official_url().to_owned()),
            key,
        });
        Self(places.collect())
    }

    /// What they are called.
    pub fn names(&self) -> Vec<&'static str> {
        self.0.iter().map(|place| place.provider.name()).collect()
    }

    /// The model that a character's `models.realtime` names, with that provider's voice of its `voices`.
    ///
    /// # Errors
    /// When it names no provider that can be reached from here.
    pub fn access(&self, wanted: &str, voices: &BTreeMap<String, String>) -> Result<Access, SpecError> {
        let known = self.names();
        let spec = Spec::parse(wanted, "models.realtime", &known)?;
        let place = self.0.iter().find(|place| place.provider.name() == spec.provider);
        let Some(Place { provider, url, key }) = place.cloned() else {
            return Err(SpecError {
                field: "models.realtime".to_owned(),
                text: wanted.to_owned(),
                known: known.into_iter().map(str::to_owned).collect(),
            });
        };
        let voice = voices.get(provider.name()).filter(|voice| match provider {
            Provider::OpenAi => OPENAI_VOICES.contains(&voice.as_str()),
            Provider::Gemini => true,
        });
        Ok(Access {
            provider,
            url,
            key,
            model: spec.model.unwrap_or_else(|| provider.default_model().to_owned()),
            voice: voice.cloned(),
            timing: Timing::default(),
        })
    }
}

/// The address of realtime models beside the others of a server.
pub(super) fn beside(base_url: &str) -> String {
    let base = base_url.trim_end_matches('/');
    match base.strip_prefix("http") {
        Some(rest) => format!("ws{rest}/realtime"),
        None => format!("{base}/realtime"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_reaches_what_there_is_a_key_for() {
        let key = || Some("k".to_owned());
        let voices = BTreeMap::from([
            ("openai".to_owned(), "onyx".to_owned()),
            ("gemini".to_owned(), "Kore".to_owned()),
        ]);
        let reach = |realtime: &Realtime, wanted| {
            let access = realtime
                .access(wanted, &voices)
                .map_err(|error| error.to_string())?;
            Ok((access.url, access.model, access.voice))
        };
        let both = Realtime::new(None, key(), None, key());
        let openai = (
            "wss://api.openai.com/v1/realtime".to_owned(),
            "gpt-realtime".to_owned(),
            None,
        );
        assert_eq!(reach(&both, "openai"), Ok::<_, String>(openai));
        let (_, model, voice) = reach(&both, "gemini:live").unwrap_or_default();
        assert_eq!((model.as_str(), voice.as_deref()), ("live", Some("Kore")));
        let own = Realtime::new(Some(beside("http://localhost:1/v1/")), None, None, None);
        let (url, ..) = reach(&own, "openai").unwrap_or_default();
        assert_eq!(url, "ws://localhost:1/v1/realtime");
        let expect = "models.realtime is \"gemini\", which names no provider; write `provider:model` with one of: openai";
        assert_eq!(reach(&own, "gemini"), Err(expect.to_owned()));
        let elsewhere = Realtime::new(None, None, Some("ws://localhost:2".to_owned()), None);
        let (url, ..) = reach(&elsewhere, "gemini").unwrap_or_default();
        assert_eq!(url, "ws://localhost:2");
    }
}
