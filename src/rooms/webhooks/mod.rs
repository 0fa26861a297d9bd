//! Webhooks: a project's servers are told what happens in its rooms.
//!
//! A fact is written to the outbox in the transaction that makes it true ([`event`]); the `dispatcher` delivers
//! it, signed as [Standard Webhooks](https://www.standardwebhooks.com) says ([`signature`]), to addresses that it
//! may reach ([`crate::outbound`]), again and again with growing pauses ([`schedule`]).

mod dispatcher;
pub mod event;
pub mod record;
mod registry;
pub mod schedule;
mod sender;
pub mod signature;

pub use dispatcher::{DELIVERIES_PER_WEBHOOK, LEASE_MS};
pub use registry::MadeWebhook;

use std::sync::Arc;

use tokio::sync::Semaphore;

use super::secret::ServerSecret;
use super::store::Store;
use crate::outbound::Destinations;
use sender::Sender;

/// Test deliveries under way at the same time; another one is refused.
const TESTS_AT_ONCE: usize = 16;

/// Everything about webhooks that a project or the server does.
pub struct Webhooks {
    store: Store,
    /// Seals what signs deliveries.
    secret: ServerSecret,
    sender: Sender,
    destinations: Destinations,
    tests: Arc<Semaphore>,
}

impl Webhooks {
    /// Webhooks whose rows are in `store`, delivered to `destinations` alone.
    pub fn new(store: Store, secret: ServerSecret, destinations: Destinations) -> Self {
        Self {
            store,
            secret,
            sender: Sender::new(destinations),
            destinations,
            tests: Arc::new(Semaphore::new(TESTS_AT_ONCE)),
        }
    }
}
