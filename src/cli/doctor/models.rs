//! Models: those that run here must be in the cache, those that run elsewhere must answer.

use std::time::Duration;

use futures::future::join_all;
use reqwest::StatusCode;
use secrecy::ExposeSecret;
use troupe_inference::models::Store;

use super::finding::Finding;
use crate::cli::models::needed;
use crate::config::Config;
use crate::ear::judge;
use crate::providers::configured;
use crate::providers::registry::Backend;
use crate::providers::vendors::VendorBackend;

const CHECK: &str = "models";

/// Where OpenAI's own models are.
const OPENAI: &str = "https://api.openai.com/v1";
/// How long a server may take to list its models.
const LIST_WITHIN: Duration = Duration::from_secs(8);

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    if let Err(error) = configured::registry(config) {
        return vec![Finding::broken(
            CHECK,
            error.to_string(),
            "TROUPE_STT, TROUPE_LLM and TROUPE_TTS are written provider:model, several with commas between",
        )];
    }
    let mut findings = local(config).await;
    findings.extend(elsewhere(config).await);
    findings.extend(vendors(config).await);
    findings
}

async fn local(config: &Config) -> Vec<Finding> {
    let store = Store::new(&config.cache);
    let names = needed(config);
    // Files without a stamp are hashed.
    let looked = tokio::task::spawn_blocking(move || {
        let is_here = |name: String| (store.path(&name).is_some(), name);
        names.into_iter().map(is_here).collect::<Vec<_>>()
    });
    let found = looked.await.unwrap_or_default();
    let finding = |(is_here, name): (bool, String)| match is_here {
        true => Finding::ok(CHECK, format!("{name} is in the cache")),
        false if name == judge::MODEL => Finding::warning(
            CHECK,
            format!("{name} is not in the cache: ends of turns are judged by words and silence alone"),
            format!("troupe models pull {name}"),
        ),
        false => Finding::warning(
            CHECK,
            format!("{name} is not in the cache"),
            format!("the worker fetches it when it starts, unless offline; or: troupe models pull {name}"),
        ),
    };
    found.into_iter().map(finding).collect()
}

/// The speech services that there is a key for.
async fn vendors(config: &Config) -> Vec<Finding> {
    let tried = configured::vendors(config)
        .filter(VendorBackend::has_key)
        .map(|service| async move {
            match service.try_door().await {
                Ok(()) => Finding::ok(CHECK, format!("{} takes the key", service.name())),
                Err(error) => Finding::broken(
                    CHECK,
                    error.to_string(),
                    "docs/providers.md says what each service needs; without its key it is not used",
                ),
            }
        });
    join_all(tried).await
}

/// The OpenAI-compatible server, if there is one.
async fn elsewhere(config: &Config) -> Option<Finding> {
    let openai = &config.openai;
    if openai.base_url.is_none() && openai.api_key.is_none() {
        return None;
    }
    let base = openai.base_url.as_ref().map_or(OPENAI, |url| url.as_str());
    let mut request = reqwest::Client::new()
        .get(format!("{base}/models"))
        .timeout(LIST_WITHIN);
    if let Some(key) = &openai.api_key {
        request = request.bearer_auth(key.expose_secret());
    }
    Some(match request.send().await.map(|answer| answer.status()) {
        Ok(StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => Finding::broken(
            CHECK,
            format!("{base} refuses the key"),
            "set OPENAI_API_KEY to a key of that server",
        ),
        Ok(status) if status.is_server_error() => Finding::broken(
            CHECK,
            format!("{base} answered {status}"),
            "the server is there and not well; look into its log",
        ),
        // A server without a list of models is none the worse.
        Ok(_) => Finding::ok(CHECK, format!("{base} answers")),
        Err(error) => Finding::broken(
            CHECK,
            format!("{base} can't be reached: {}", error.without_url()),
            "is it running, and does OPENAI_BASE_URL end with its version, as in http://localhost:11434/v1?",
        ),
    })
}
