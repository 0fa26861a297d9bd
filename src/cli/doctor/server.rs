//! The server's addresses and secret: will clients get where they are sent, and do keys survive the machine?

use std::net::IpAddr;

use reqwest::Url;

use super::finding::Finding;
use crate::config::{Config, ServerUrl};

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    [public(config), media(config), secret(config)]
        .into_iter()
        .flatten()
        .collect()
}

/// Whoever listens for other machines should tell them an address that they can reach.
fn public(config: &Config) -> Option<Finding> {
    if config.api.listen.ip().is_loopback() {
        return None;
    }
    Some(match &config.api.public_url {
        Some(url) if !is_loopback(url) => Finding::ok("addresses", format!("clients are told {url}")),
        _ => Finding::warning(
            "addresses",
            format!(
                "the API listens on {} and clients are told no address of it",
                config.api.listen
            ),
            "set TROUPE_PUBLIC_URL to what a browser is to open; links to interviews and recordings begin with it",
        ),
    })
}

fn media(config: &Config) -> Option<Finding> {
    let url = config
        .livekit
        .public_url
        .as_ref()
        .or(config.livekit.url.as_ref())?;
    (is_loopback(url) && !config.api.listen.ip().is_loopback()).then(|| {
        Finding::warning(
            "addresses",
            format!("clients are sent to LiveKit at {url}"),
            "set LIVEKIT_PUBLIC_URL to the address that browsers reach it at",
        )
    })
}

fn secret(config: &Config) -> Option<Finding> {
    let is_shared = config.api.db.starts_with("postgres");
    (is_shared && config.api.secret.is_none()).then(|| {
        Finding::warning(
            "secret",
            "TROUPE_SECRET is not set: this machine makes its own and keeps it in its home folder",
            "with several servers, or in containers, set the same secret everywhere; keys are hashed under it",
        )
    })
}

fn is_loopback(url: &ServerUrl) -> bool {
    Url::parse(url.as_str()).is_ok_and(|url| {
        url.host_str().is_some_and(|host| {
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        })
    })
}
