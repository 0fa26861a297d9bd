//! What every request can reach.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::idempotency::Turnstile;
use crate::chat::Chat;
use crate::providers::Registry;
use crate::rooms::Rooms;
use crate::rooms::secret::ServerSecret;

/// Event streams open at the same time; another one is answered 503.
pub(super) const STREAMS_MAX: usize = 1_000;

/// The API's state, shared by all requests.
#[derive(Clone)]
pub struct Api(Arc<Shared>);

/// See [`Api`].
pub struct Shared {
    /// The domain.
    pub(super) rooms: Arc<Rooms>,
    /// Lets characters answer in group chats.
    pub(super) chat: Chat,
    /// Hashes keys, seals kept answers.
    pub(super) secret: ServerSecret,
    /// Address that clients use, without a slash at the end.
    pub(super) public_url: String,
    /// Ends long polls and streams.
    pub(super) shutdown: CancellationToken,
    /// Room for event streams.
    pub(super) streams: Arc<Semaphore>,
    /// Lets requests with the same `Idempotency-Key` pass one by one.
    pub(super) turnstile: Turnstile,
}

impl std::ops::Deref for Api {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl Api {
    /// An API without language models: nobody answers in its group chats. `shutdown` ends what would otherwise
    /// wait for long.
    pub fn new(rooms: Rooms, secret: ServerSecret, public_url: &str, shutdown: CancellationToken) -> Self {
        Self::with_models(rooms, secret, public_url, shutdown, Arc::new(Registry::empty()))
    }

    /// The same with models for the characters of its group chats.
    pub fn with_models(
        rooms: Rooms,
        secret: ServerSecret,
        public_url: &str,
        shutdown: CancellationToken,
        models: Arc<Registry>,
    ) -> Self {
        Self(Arc::new(Shared {
            rooms: Arc::new(rooms),
            chat: Chat::new(models, shutdown.clone()),
            secret,
            public_url: public_url.trim_end_matches('/').to_owned(),
            shutdown,
            streams: Arc::new(Semaphore::new(STREAMS_MAX)),
            turnstile: Turnstile::default(),
        }))
    }

    /// The domain behind the API.
    pub fn rooms(&self) -> &Arc<Rooms> {
        &self.0.rooms
    }
}
