//! Models that hear and speak by themselves: those that a character or a setting names must let us in.

use std::collections::BTreeMap;

use futures::future::join_all;
use troupe_realtime::{Provider, try_door};

use super::finding::Finding;
use crate::character;
use crate::cli::serve::character_folders;
use crate::config::Config;
use crate::providers::configured;
use crate::providers::realtime::Realtime;

const CHECK: &str = "realtime";

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    // What is wrong with it is told with the other models.
    let Ok(registry) = configured::registry(config) else {
        return Vec::new();
    };
    let named = named(config);
    join_all(
        named
            .iter()
            .map(|(model, by)| look(registry.realtime(), model, by)),
    )
    .await
}

/// The models, and who names each first.
fn named(config: &Config) -> BTreeMap<String, String> {
    let mut named = BTreeMap::new();
    // Faults of character files are told by those who play them.
    for character in character::load(&character_folders()).unwrap_or_default() {
        if let Some(model) = character.models.realtime {
            named.entry(model).or_insert(character.id);
        }
    }
    let is_set = |provider| match provider {
        Provider::OpenAi => config.openai.realtime_url.is_some(),
        Provider::Gemini => config.gemini.realtime_url.is_some() || config.gemini.api_key.is_some(),
    };
    for provider in Provider::ALL.into_iter().filter(|provider| is_set(*provider)) {
        let is_of_it = |model: &String| model.split(':').next() == Some(provider.name());
        if !named.keys().any(is_of_it) {
            named.insert(provider.name().to_owned(), "the configuration".to_owned());
        }
    }
    named
}

async fn look(realtime: &Realtime, model: &str, by: &str) -> Finding {
    let access = match realtime.access(model, &BTreeMap::new()) {
        Ok(access) => access,
        Err(_) => {
            let provider = model.split(':').next().unwrap_or_default();
            let known = Provider::ALL.into_iter().find(|known| known.name() == provider);
            let advice = match known {
                Some(provider) => format!(
                    "set {}; until then language model and voice answer in its place",
                    provider.key_variable()
                ),
                None => "docs/providers.md names the providers".to_owned(),
            };
            return Finding::warning(
                CHECK,
                format!("{by} names {model}, which can't be reached from here"),
                advice,
            );
        }
    };
    match try_door(&access).await {
        Ok(()) => Finding::ok(
            CHECK,
            format!("{} takes questions for {}", access.provider.name(), access.model),
        ),
        Err(error) => Finding::broken(
            CHECK,
            error.to_string(),
            "docs/providers.md says what realtime models need; language model and voice answer in its place",
        ),
    }
}
