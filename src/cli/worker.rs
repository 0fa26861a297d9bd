//! `troupe worker`: plays the characters of started rooms.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use troupe_dialogue::Tuning;
use troupe_inference::models::Store;

use super::{Context, Failure, Output, models};
use crate::config::{Config, Overrides};
use crate::ear::judge::{self, Judge};
use crate::providers::{Registry, configured};
use crate::shutdown::Shutdown;
use crate::tools::Reach;
use crate::worker::Setup;

/// Flags of `troupe worker`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Base URL of the Rooms API
    #[arg(long, value_name = "URL")]
    api: Option<String>,
    /// A worker key
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
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
    work(&config, Arc::new(registry), context.output, ready, stop).await
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
    // Models that run in the process are loaded before rooms are taken; others cost nothing here.
    tokio::try_join!(
        registry.speech_to_text(None),
        registry.language_model(None),
        registry.text_to_speech(None)
    )
    .map_err(Failure::failed)?;
    let address = config.worker.health;
    let health = TcpListener::bind(address).await.map_err(|error| {
        Failure::failed(format!(
            "can't listen on {address} for health checks ({error}); choose another with --health"
        ))
    })?;
    let spool = config.worker.spool.as_ref().unwrap_or(&config.cache);
    let setup = Setup {
        api_url: config.worker.api_url.as_str().to_owned(),
        key,
        health: Some(health),
        rooms_max: config.worker.max_rooms,
        registry,
        tuning: Tuning::default(),
        memory_tokens: config.worker.memory_tokens,
        spool: spool.join("recordings"),
        entries: spool.join("entries"),
        drain: stop.drain,
        hurry: stop.hurry,
        tools: Reach::new(&config.tools).map_err(Failure::failed)?,
        judge: judge(config).await?,
    };
    let announce = move || {
        tracing::info!(api = config.worker.api_url.as_str(), "the worker takes rooms");
        let _ = (output, ready.send(()));
    };
    crate::worker::run(setup, announce, stop.shutdown)
        .await
        .map_err(Failure::failed)
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
