//! Which hosts tools reach, and with what key.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use secrecy::SecretString;

use crate::config::{Hosts, Keys, Tools};
use crate::outbound::{Destinations, Guard};

/// Name server, connection and TLS together; more than this is a word too late.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);
/// Idle connections kept to one host.
const IDLE_PER_HOST: usize = 4;
const AGENT: &str = concat!("troupe/", env!("CARGO_PKG_VERSION"));

/// How tools reach the world; one for a worker.
#[derive(Debug, Clone)]
pub struct Reach {
    client: Client,
    destinations: Destinations,
    hosts: Option<Hosts>,
    keys: Keys,
}

/// Why a tool is not there for a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// The deployment names the hosts that tools may reach, and this is none of them.
    #[error("its host is not in TROUPE_TOOL_HOSTS")]
    Host,
    /// It can't be reached from here whatever its name resolves to.
    #[error("its url {0}")]
    Url(&'static str),
}

impl Reach {
    /// What this configuration allows.
    ///
    /// # Errors
    /// When TLS can't be set up on this machine.
    pub fn new(config: &Tools) -> Result<Self, reqwest::Error> {
        let destinations = Destinations::of(config.allow_private);
        let client = Client::builder()
            .dns_resolver(Guard::new(destinations))
            // A redirection would lead anywhere, and a proxy would resolve names on its own.
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(CONNECT_WITHIN)
            .http1_only()
            .tcp_nodelay(true)
            .pool_max_idle_per_host(IDLE_PER_HOST)
            .user_agent(AGENT)
            .build()?;
        Ok(Self {
            client,
            destinations,
            hosts: config.hosts.clone(),
            keys: config.keys.clone(),
        })
    }

    /// The URL, if it may be asked for.
    pub(super) fn admit(&self, url: &str) -> Result<Url, Refusal> {
        // An address in the URL itself is connected to without being resolved.
        let url = self.destinations.check(url).map_err(Refusal::Url)?;
        let host = url.host_str().unwrap_or_default();
        if self.hosts.as_ref().is_some_and(|hosts| !hosts.allow(host)) {
            return Err(Refusal::Host);
        }
        Ok(url)
    }

    /// The bearer token of a URL's host.
    pub(super) fn key(&self, url: &Url) -> Option<&SecretString> {
        self.keys.of(url.host_str().unwrap_or_default())
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn only_hosts_that_are_listed_and_public_are_reached() {
        let reach = |hosts: Option<&str>, allow_private| {
            Reach::new(&Tools {
                hosts: hosts.map(|hosts| hosts.parse().unwrap()),
                keys: Keys::default(),
                allow_private,
            })
            .unwrap()
        };
        let listed = reach(Some("api.example.com"), false);
        assert!(listed.admit("https://api.example.com/x").is_ok());
        assert_eq!(listed.admit("https://example.com/x").err(), Some(Refusal::Host));
        let open = reach(None, false);
        assert!(open.admit("https://example.com/x").is_ok());
        for inside in [
            "http://example.com/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://desk.internal/",
        ] {
            assert!(matches!(open.admit(inside), Err(Refusal::Url(_))), "{inside}");
        }
        assert!(reach(None, true).admit("http://127.0.0.1:1/").is_ok());
    }
}
