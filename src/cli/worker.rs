//! `troupe worker`: plays the characters of started rooms.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use troupe_dialogue::Tuning;
use troupe_inference::models::Store;

use super::serve::character_folders;
use super::traces::{SPANS_WITHIN, traces};
use super::{Context, Failure, Output, models};
use crate::character;
use crate::config::{Config, Overrides};
use crate::ear::judge::{self, Judge};
use crate::providers::{Registry, configured};
use crate::shutdown::Shutdown;
use crate::tools::Reach;
use crate::traces::Service;
use crate::worker::Setup;
use crate::worker::dispatch::{self, DispatchSetup};

/// The name that stands for every new room.
const EVERY_ROOM: &str = "*";

/// Flags of `troupe worker`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Base URL of the Rooms API
    #[arg(long, value_name = "URL")]
    api: Option<String>,
    /// A worker key
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Take jobs of LiveKit's own agent dispatch under this name instead of rooms of the Rooms API; `*` for every new
    /// room
    #[arg(long, value_name = "NAME")]
    dispatch: Option<String>,
    /// Address of the health check [default: 127.0.0.1:8081]
    #[arg(long, value_name = "ADDRESS")]
    health: Option<String>,
    /// Rooms played at once
    #[arg(long, value_name = "N")]
    max_rooms: Option<String>,
    /// Seconds that talks are given to come to their end once it is told to stop [default: 20]
    #[arg(long, value_name = "SECONDS")]
    drain: Option<String>,
}

pub(crate) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    let config = context.config(Overrides {
        api_url: args.api,
        api_key: args.key,
        dispatch: args.dispatch,
        health: args.health,
        max_rooms: args.max_rooms,
        drain: args.drain,
        ..Overrides::default()
    })?;
    models::pull(&config, context.output).await?;
    let registry = configured::registry(&config).map_err(Failure::failed)?;
    let (ready, _) = oneshot::channel();
    let stop = Stop {
        shutdown: context.shutdown,
        hurry: context.insisted.heed(),
        drain: Duration::from_secs(config.worker.drain_s.into()),
    };
    let registry = Arc::new(registry);
    match &config.worker.dispatch {
        None => work(&config, registry, context.output, ready, stop).await,
        Some(name) => take_jobs(&config, name, registry, stop).await,
    }
}

/// When and how a worker stops.
pub(crate) struct Stop {
    /// Cancelled when it takes no more rooms.
    pub(crate) shutdown: Shutdown,
    /// Cancelled when it hands its rooms over at once.
    pub(crate) hurry: Shutdown,
    /// Time that its talks are given in between.
    pub(crate) drain: Duration,
}

impl Stop {
    /// As a part of a process that stops as a whole: no other worker waits for its rooms.
    pub(crate) fn at_once(shutdown: Shutdown) -> Self {
        Self {
            shutdown,
            hurry: Shutdown::new(),
            drain: Duration::ZERO,
        }
    }
}

/// Works until it is to stop, then drains; `ready` is told once rooms are taken.
pub(crate) async fn work(
    config: &Config,
    registry: Arc<Registry>,
    output: Output,
    ready: oneshot::Sender<()>,
    stop: Stop,
) -> Result<(), Failure> {
    let key = config.worker.api_key.clone().ok_or_else(|| {
        Failure::failed("a worker needs a key: set TROUPE_API_KEY or --key to what `troupe keys create --kind worker` prints")
    })?;
    let health = prepare(config, &registry).await?;
    let traces = traces(config, Service::Worker)?;
    let spool = config.worker.spool.as_ref().unwrap_or(&config.cache);
    let setup = Setup {
        api_url: config.worker.api_url.as_str().to_owned(),
        key,
        health: Some(health),
        rooms_max: config.worker.max_rooms,
        registry,
        tuning: Tuning::default(),
        memory_tokens: config.worker.memory_tokens,
        spending: config.spending,
        memory_max_mib: config.worker.memory_max_mib,
        treatment: config.worker.treatment,
        spool: spool.join("recordings"),
        entries: spool.join("entries"),
        drain: stop.drain,
        hurry: stop.hurry,
        tools: Reach::new(&config.tools).map_err(Failure::failed)?,
        judge: judge(config).await?,
        traces: traces.clone(),
    };
    let announce = move || {
        tracing::info!(api = config.worker.api_url.as_str(), "the worker takes rooms");
        let _ = (output, ready.send(()));
    };
    let worked = crate::worker::run(setup, announce, stop.shutdown).await;
    traces.finish(SPANS_WITHIN).await;
    worked.map_err(Failure::failed)
}

/// Takes jobs of LiveKit's own dispatch until it is to stop.
async fn take_jobs(config: &Config, name: &str, registry: Arc<Registry>, stop: Stop) -> Result<(), Failure> {
    let url = config.livekit.url.as_ref().ok_or_else(|| {
        Failure::failed(
            "a worker of LiveKit's dispatch needs LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET",
        )
    })?;
    let health = prepare(config, &registry).await?;
    let traces = traces(config, Service::Worker)?;
    let setup = DispatchSetup {
        livekit_url: url.as_str().to_owned(),
        api_key: config.livekit.api_key.clone(),
        api_secret: config.livekit.api_secret.clone(),
        agent_name: if name == EVERY_ROOM {
            String::new()
        } else {
            name.to_owned()
        },
        characters: character::load(&character_folders()).map_err(Failure::failed)?,
        health: Some(health),
        rooms_max: config.worker.max_rooms,
        registry,
        memory_max_mib: config.worker.memory_max_mib,
        memory_tokens: config.worker.memory_tokens,
        spending: config.spending,
        treatment: config.worker.treatment,
        tools: Reach::new(&config.tools).map_err(Failure::failed)?,
        judge: judge(config).await?,
        drain: stop.drain,
        hurry: stop.hurry,
        traces: traces.clone(),
    };
    let announce = || tracing::info!(name, "LiveKit's dispatch knows this worker");
    let worked = dispatch::run(setup, announce, stop.shutdown).await;
    traces.finish(SPANS_WITHIN).await;
    worked.map_err(Failure::failed)
}

/// Loads models that run in the process before rooms are taken (others cost nothing here), and gives the listener for
/// health checks.
async fn prepare(config: &Config, registry: &Registry) -> Result<TcpListener, Failure> {
    tokio::try_join!(
        registry.speech_to_text(None),
        registry.language_model(None),
        registry.text_to_speech(None)
    )
    .map_err(Failure::failed)?;
    let address = config.worker.health;
    TcpListener::bind(address).await.map_err(|error| {
        Failure::failed(format!(
            "can't listen on {address} for health checks ({error}); choose another with --health"
        ))
    })
}

/// The end-of-turn model, if it is here; a worker listens without it as well.
pub(super) async fn judge(config: &Config) -> Result<Option<Judge>, Failure> {
    let store = Store::new(&config.cache);
    // A file without a stamp is hashed, and the model read.
    let loading = tokio::task::spawn_blocking(move || {
        let file = store
            .path(judge::MODEL)?
            .join(store.catalogue().find(judge::MODEL).ok()?.main_file()?);
        Some(Judge::start(file))
    });
    match loading.await.map_err(Failure::failed)? {
        Some(judge) => judge.map(Some).map_err(Failure::failed),
        None => {
            tracing::warn!(
                model = judge::MODEL,
                "listen without the end-of-turn model: it is not in the cache"
            );
            Ok(None)
        }
    }
}
