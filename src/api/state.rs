//! What every request can reach.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::idempotency::Turnstile;
use super::limits::{Limits, Rates};
use crate::rooms::Rooms;
use crate::rooms::secret::ServerSecret;

/// Recordings decoded at the same time, a thread each; another one is answered 503.
const DECODERS_MAX: usize = 4;
/// Recordings downloaded at the same time; another one is answered 503.
const DOWNLOADS_MAX: usize = 1_000;

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
    /// Room for recordings that are downloaded.
    pub(super) downloads: Arc<Semaphore>,
    /// Room for recordings that are decoded.
    pub(super) decoders: Arc<Semaphore>,
    /// What the server bears.
    pub(super) limits: Limits,
    /// Counts requests.
    pub(super) rates: Rates,
    /// Room for event streams; one that finds none is answered 503.
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
    /// With the usual limits; `shutdown` ends what would otherwise wait for long.
    pub fn new(rooms: Rooms, secret: ServerSecret, public_url: &str, shutdown: CancellationToken) -> Self {
        Self::with_limits(rooms, secret, public_url, Limits::default(), shutdown)
    }

    /// As [`Self::new`], with limits of the caller's.
    pub fn with_limits(
        rooms: Rooms,
        secret: ServerSecret,
        public_url: &str,
        limits: Limits,
        shutdown: CancellationToken,
    ) -> Self {
        Self(Arc::new(Shared {
            rooms: Arc::new(rooms),
            secret,
            public_url: public_url.trim_end_matches('/').to_owned(),
            shutdown,
            downloads: Arc::new(Semaphore::new(DOWNLOADS_MAX)),
            decoders: Arc::new(Semaphore::new(DECODERS_MAX)),
            limits,
            rates: Rates::new(&limits),
            streams: Arc::new(Semaphore::new(limits.streams_max.min(Semaphore::MAX_PERMITS))),
            turnstile: Turnstile::default(),
        }))
    }

    /// The domain behind the API.
    pub fn rooms(&self) -> &Arc<Rooms> {
        &self.0.rooms
    }
}
