//! One delivery over HTTP.

use std::error::Error as StdError;
use std::time::Duration;

use reqwest::Client;
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use reqwest::redirect::Policy;

use super::schedule::{Fault, Outcome};
use super::signature::{ID_HEADER, SIGNATURE_HEADER, TIMESTAMP_HEADER};
use crate::outbound::{Destinations, Guard, NotConnected};

/// Longest wait for an answer, a slow name server and handshake included.
pub(super) const SEND_WITHIN: Duration = Duration::from_secs(10);
/// Idle connections kept to one server.
const IDLE_PER_HOST: usize = 2;
const AGENT: &str = concat!("Troupe-Webhooks/", env!("CARGO_PKG_VERSION"));

/// Sends deliveries.
pub(super) struct Sender {
    /// `None` when TLS can't be set up on this machine.
    client: Option<Client>,
    destinations: Destinations,
}

/// What is sent.
pub(super) struct Message<'a> {
    pub(super) url: &'a str,
    pub(super) event_id: &'a str,
    pub(super) timestamp_s: i64,
    pub(super) signature: &'a str,
    pub(super) body: String,
}

impl Sender {
    pub(super) fn new(destinations: Destinations) -> Self {
        let client = Client::builder()
            .dns_resolver(Guard::new(destinations))
            // A redirection would lead anywhere, and a proxy would resolve names on its own.
            .redirect(Policy::none())
            .no_proxy()
            .timeout(SEND_WITHIN)
            .http1_only()
            .pool_max_idle_per_host(IDLE_PER_HOST)
            .build();
        if let Err(error) = &client {
            tracing::error!(%error, "set up the sending of webhooks");
        }
        Self {
            client: client.ok(),
            destinations,
        }
    }

    /// Sends a message once. What the server answers beside its status is not read.
    pub(super) async fn send(&self, message: Message<'_>) -> Outcome {
        let Some(client) = &self.client else {
            return Outcome::Failed(Fault::Unreachable);
        };
        // An address in the URL itself is connected to without being resolved.
        let Ok(url) = self.destinations.check(message.url) else {
            return Outcome::Failed(Fault::PrivateAddress);
        };
        let sent = client
            .post(url)
            .header(USER_AGENT, AGENT)
            .header(CONTENT_TYPE, "application/json")
            .header(ID_HEADER, message.event_id)
            .header(TIMESTAMP_HEADER, message.timestamp_s)
            .header(SIGNATURE_HEADER, message.signature)
            .body(message.body)
            .send()
            .await;
        match sent {
            Ok(response) => Outcome::Answered(response.status().as_u16()),
            Err(error) => Outcome::Failed(fault(&error)),
        }
    }
}

fn fault(error: &reqwest::Error) -> Fault {
    if error.is_timeout() {
        return Fault::Timeout;
    }
    let mut cause: Option<&(dyn StdError + 'static)> = error.source();
    while let Some(inner) = cause {
        if let Some(refused) = inner.downcast_ref::<NotConnected>() {
            return match refused {
                NotConnected::Private => Fault::PrivateAddress,
                NotConnected::Unresolvable => Fault::Unresolvable,
            };
        }
        cause = inner.source();
    }
    Fault::Unreachable
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::{Client, Destinations, Fault, Guard, Message, Outcome, Policy, Sender};

    /// Checks resolved names for `resolved` and URLs for nothing.
    async fn sent(resolved: Destinations, url: &str) -> Outcome {
        let client = Client::builder()
            .dns_resolver(Guard::new(resolved))
            .redirect(Policy::none())
            .no_proxy();
        let sender = Sender {
            client: Some(client.build().unwrap()),
            destinations: Destinations::Anywhere,
        };
        let message = Message {
            url,
            event_id: "evt_1",
            timestamp_s: 1,
            signature: "v1,",
            body: "{}".into(),
        };
        sender.send(message).await
    }

    #[tokio::test]
    async fn a_name_is_judged_by_what_it_resolves_to() {
        let private = sent(Destinations::Public, "http://localhost:1/").await;
        assert_eq!(private, Outcome::Failed(Fault::PrivateAddress));
        let allowed = sent(Destinations::Anywhere, "http://localhost:1/").await;
        assert_eq!(allowed, Outcome::Failed(Fault::Unreachable));
        let nowhere = sent(Destinations::Public, "http://nowhere.invalid/").await;
        assert_eq!(nowhere, Outcome::Failed(Fault::Unresolvable));
    }
}
