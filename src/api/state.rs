//! What every request can reach.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::idempotency::Turnstile;
use crate::rooms::Rooms;
use crate::rooms::secret::ServerSecret;

/// Event streams open at the same time; another one is answered 503.
pub(super) const STREAMS_MAX: usize = 1_000;

/// Recordings decoded at the same time, a thread each; another one is answered 503.
const DECODERS_MAX: usize = 4;

/// The API's state, shared by all requests.
#[derive(Clone)]
pub struct Api(Arc<Shared>);

/// See [`Api`].
pub struct Shared {
    /// The domain.
    pub(super) rooms: Arc<Rooms>,
    /// Hashes keys, seals kept answers.
    pub(super) secret: ServerSecret,
    /// Address that clients use, without a slash at the end.
    pub(super) public_url: String,
    /// Ends long polls and streams.
    pub(super) shutdown: CancellationToken,
    /// Room for recordings that are decoded.
    pub(super) decoders: Arc<Semaphore>,
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
    /// `shutdown` ends what would otherwise wait for long.
    pub fn new(rooms: Rooms, secret: ServerSecret, public_url: &str, shutdown: CancellationToken) -> Self {
        Self(Arc::new(Shared {
            rooms: Arc::new(rooms),
            secret,
            public_url: public_url.trim_end_matches('/').to_owned(),
            shutdown,
            decoders: Arc::new(Semaphore::new(DECODERS_MAX)),
            streams: Arc::new(Semaphore::new(STREAMS_MAX)),
            turnstile: Turnstile::default(),
        }))
    }

    /// The domain behind the API.
    pub fn rooms(&self) -> &Arc<Rooms> {
        &self.0.rooms
    }
}
