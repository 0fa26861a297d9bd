//! Everything that a room needs, in one process tree: LiveKit server, Rooms API, worker.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use super::keys::{self, KeyKind};
use super::{Failure, Output, models, serve, worker};
use crate::config::{Config, ServerUrl};
use crate::devserver::{self, Running, Source};
use crate::providers::configured;
use crate::rooms::character_record::BuiltIns;
use crate::shutdown::Shutdown;

/// Project that the stack's own key belongs to.
pub(super) const PROJECT: &str = "dev";
/// Time that API and worker are given to finish once they are told to stop.
const STOP_WITHIN: Duration = Duration::from_secs(15);

/// Where a stack keeps its rooms.
pub(crate) enum Storage {
    /// Where the configuration says.
    Configured,
    /// In a folder that is removed with the stack.
    Temporary,
}

/// A running stack.
pub(crate) struct Stack {
    /// Base URL of the Rooms API.
    pub(crate) api_url: ServerUrl,
    /// A secret key of the stack's project.
    pub(crate) key: String,
    /// The characters that every room may have; what is put in their place is played from the next room on.
    pub(crate) characters: BuiltIns,
    /// Where clients connect to LiveKit.
    pub(crate) livekit_url: ServerUrl,
    api: Part,
    worker: Option<Part>,
    server: Option<Running>,
    _scratch: Option<Scratch>,
}

impl Stack {
    /// Finds or starts a LiveKit server, fetches missing models, makes keys, and starts API and worker; answers
    /// when the worker takes rooms.
    pub(crate) async fn start(config: Config, storage: Storage, output: Output) -> Result<Self, Failure> {
        Self::start_parts(config, storage, output, true)
            .await
            .map(|(stack, _)| stack)
    }

    /// The same without a worker; answers the key of one that is run elsewhere.
    pub(crate) async fn without_worker(
        config: Config,
        storage: Storage,
        output: Output,
    ) -> Result<(Self, String), Failure> {
        Self::start_parts(config, storage, output, false).await
    }

    async fn start_parts(
        mut config: Config,
        storage: Storage,
        output: Output,
        with_worker: bool,
    ) -> Result<(Self, String), Failure> {
        let scratch = match storage {
            Storage::Configured => None,
            Storage::Temporary => Some(Scratch::new()?),
        };
        if let Some(Scratch(folder)) = &scratch {
            config.api.db = format!("sqlite:{}", folder.join("troupe.sqlite").display());
        }
        let (server, ()) = tokio::try_join!(livekit(&config, output), models::pull(&config, output))?;
        let livekit_url = match (&server, &config.livekit.url) {
            (Some(server), _) => server.url().clone(),
            (None, Some(url)) => url.clone(),
            (None, None) => return Err(Failure::failed("no LiveKit server was found or started")),
        };
        config.livekit.url = Some(livekit_url.clone());

        let key = keys::create(&config, PROJECT, KeyKind::Secret, None).await?;
        let worker_key = keys::create(&config, PROJECT, KeyKind::Worker, None).await?;
        // One process loads a model once, whoever needs it.
        let registry = Arc::new(configured::registry(&config).map_err(Failure::failed)?);
        let characters = serve::built_ins()?;
        let (ready, bound) = oneshot::channel::<SocketAddr>();
        let mut api = Part::spawn("the Rooms API", |shutdown| {
            let (config, registry) = (config.clone(), Arc::clone(&registry));
            let characters = characters.clone();
            async move { serve::serve(&config, characters, registry, ready, shutdown).await }
        });
        let api_url = ServerUrl::http(api.until(bound).await?);
        config.worker.api_url = api_url.clone();
        config.worker.api_key = Some(worker_key.clone().into());

        let mut worker = None;
        if with_worker {
            let (ready, taking_rooms) = oneshot::channel();
            let mut part = Part::spawn("the worker", |shutdown| {
                let config = config.clone();
                async move { worker::work(&config, registry, output, ready, shutdown).await }
            });
            part.until(taking_rooms).await?;
            worker = Some(part);
        }
        let stack = Self {
            api_url,
            key,
            characters,
            livekit_url,
            api,
            worker,
            server,
            _scratch: scratch,
        };
        Ok((stack, worker_key))
    }

    /// Answers when a part ends that should run on, with its failure.
    pub(crate) async fn broken(&mut self) -> Failure {
        let worker = async {
            match &mut self.worker {
                Some(worker) => worker.ended().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            failure = self.api.ended() => failure,
            failure = worker => failure,
        }
    }

    /// Stops worker, API and server, in this order.
    pub(crate) async fn stop(self) {
        if let Some(worker) = self.worker {
            worker.stop().await;
        }
        self.api.stop().await;
        if let Some(server) = self.server {
            server.stop().await;
        }
    }
}

/// The server that was started, or none where one is configured.
async fn livekit(config: &Config, output: Output) -> Result<Option<Running>, Failure> {
    if let Some(url) = &config.livekit.url {
        devserver::check(url).await.map_err(Failure::failed)?;
        return Ok(None);
    }
    let source = Source {
        cache: &config.cache,
        offline: config.offline,
    };
    let webhook = webhook(config.api.listen);
    let progress = |step| output.progress(step);
    let started = devserver::start_telling(&config.livekit, source, webhook.as_deref(), progress).await;
    started.map(Some).map_err(Failure::failed)
}

/// Where LiveKit tells the API what happens; while its port is open yet, that is found out by asking.
fn webhook(listen: SocketAddr) -> Option<String> {
    let ip = match listen.ip() {
        ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    let address = SocketAddr::new(ip, listen.port());
    (listen.port() != 0).then(|| format!("http://{address}/webhooks/livekit"))
}

/// A task that runs until it is told to stop.
struct Part {
    name: &'static str,
    shutdown: Shutdown,
    task: JoinHandle<Result<(), Failure>>,
}

impl Part {
    fn spawn<F>(name: &'static str, run: impl FnOnce(Shutdown) -> F) -> Self
    where
        F: Future<Output = Result<(), Failure>> + Send + 'static,
    {
        let shutdown = Shutdown::new();
        let task = tokio::spawn(run(shutdown.clone()));
        Self { name, shutdown, task }
    }

    /// Waits for the part's word that it is ready, or for its failure.
    async fn until<T>(&mut self, ready: oneshot::Receiver<T>) -> Result<T, Failure> {
        match ready.await {
            Ok(word) => Ok(word),
            Err(_) => Err(self.ended().await),
        }
    }

    async fn ended(&mut self) -> Failure {
        match (&mut self.task).await {
            Ok(Ok(())) => Failure::failed(format!("{} stopped by itself", self.name)),
            Ok(Err(failure)) => failure,
            Err(error) => Failure::failed(format!("{} failed: {error}", self.name)),
        }
    }

    async fn stop(self) {
        self.shutdown.cancel();
        match timeout(STOP_WITHIN, self.task).await {
            Ok(Ok(Ok(()))) => {}
            Ok(Ok(Err(failure))) => tracing::warn!(%failure, "stop {}", self.name),
            Ok(Err(error)) => tracing::warn!(%error, "stop {}", self.name),
            Err(_) => tracing::warn!("{} did not stop within {} s", self.name, STOP_WITHIN.as_secs()),
        }
    }
}

/// A folder that is removed when dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, Failure> {
        let folder = std::env::temp_dir().join(format!("troupe-{:016x}", rand::random::<u64>()));
        std::fs::create_dir(&folder)
            .map_err(|error| Failure::failed(format!("{}: {error}", folder.display())))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::debug!(%error, "remove scratch folder");
        }
    }
}
