//! What every request can reach.

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::idempotency::Turnstile;
use super::limits::{Limits, Rates};
use super::pages::Assets;
use super::worker::Gate;
use crate::chat::Chat;
use crate::config::TraceUrl;
use crate::providers::Registry;
use crate::reports::Reporter;
use crate::rooms::Rooms;
use crate::rooms::secret::ServerSecret;
use crate::rooms::webhooks::Webhooks;

/// Recordings downloaded at the same time; another one is answered 503.
const DOWNLOADS_MAX: usize = 1_000;
/// Recordings decoded at the same time, a thread each; another one is answered 503.
const DECODERS_MAX: usize = 4;

/// The API's state, shared by all requests.
#[derive(Clone)]
pub struct Api(Arc<Shared>);

/// See [`Api`].
pub struct Shared {
    /// The domain.
    pub(super) rooms: Arc<Rooms>,
    /// Webhooks of projects.
    pub(super) webhooks: Arc<Webhooks>,
    /// Writes reports of role-plays and interviews.
    pub(super) reporter: Arc<Reporter>,
    /// Lets characters answer in group chats.
    pub(super) chat: Chat,
    /// Hashes keys, seals kept answers.
    pub(super) secret: ServerSecret,
    /// Address that clients use, without a slash at the end.
    pub(super) public_url: String,
    /// Where operators look at a trace.
    pub(super) trace_url: Option<TraceUrl>,
    /// Files of the pages.
    pub(super) assets: Assets,
    /// Ends long polls and streams.
    pub(super) shutdown: CancellationToken,
    /// Where claims stand in line.
    pub(super) gate: Gate,
    /// What the server bears.
    pub(super) limits: Limits,
    /// Counts requests.
    pub(super) rates: Rates,
    /// Room for recordings that are downloaded.
    pub(super) downloads: Arc<Semaphore>,
    /// Room for recordings that are decoded.
    pub(super) decoders: Arc<Semaphore>,
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
    /// With the usual limits and without language models: nobody answers in group chats. `shutdown` ends what
    /// would otherwise wait for long.
    pub fn new(rooms: Rooms, secret: ServerSecret, public_url: &str, shutdown: CancellationToken) -> Self {
        let models = Arc::new(Registry::empty());
        Self::with_models(
            rooms,
            secret,
            public_url,
            Limits::default(),
            models,
            None,
            shutdown,
        )
    }

    /// As [`Self::new`], with limits and language models of the caller's, and where operators look at traces.
    pub fn with_models(
        rooms: Rooms,
        secret: ServerSecret,
        public_url: &str,
        limits: Limits,
        models: Arc<Registry>,
        trace_url: Option<TraceUrl>,
        shutdown: CancellationToken,
    ) -> Self {
        let webhooks = Webhooks::new(rooms.store.clone(), secret.clone(), rooms.destinations);
        let rooms = Arc::new(rooms);
        Self(Arc::new(Shared {
            reporter: Arc::new(Reporter::new(rooms.clone(), models.clone())),
            rooms,
            webhooks: Arc::new(webhooks),
            chat: Chat::new(models, shutdown.clone()),
            secret,
            trace_url,
            assets: Assets::new(),
            public_url: public_url.trim_end_matches('/').to_owned(),
            shutdown,
            gate: Gate::default(),
            limits,
            rates: Rates::new(&limits),
            streams: Arc::new(Semaphore::new(limits.streams_max.min(Semaphore::MAX_PERMITS))),
            downloads: Arc::new(Semaphore::new(DOWNLOADS_MAX)),
            decoders: Arc::new(Semaphore::new(DECODERS_MAX)),
            turnstile: Turnstile::default(),
        }))
    }

    /// The domain behind the API.
    pub fn rooms(&self) -> &Arc<Rooms> {
        &self.0.rooms
    }

    /// The reports behind the API.
    pub fn reporter(&self) -> &Arc<Reporter> {
        &self.0.reporter
    }

    /// The webhooks behind the API.
    pub fn webhooks(&self) -> &Arc<Webhooks> {
        &self.0.webhooks
    }
}
