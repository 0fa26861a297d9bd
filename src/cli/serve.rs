//! `troupe serve`: the Rooms API.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::traces::{SPANS_WITHIN, traces};
use super::{Context, Failure};
use crate::api::{self, Settings};
use crate::character;
use crate::config::{Config, Overrides, ServerUrl};
use crate::outbound::Destinations;
use crate::providers::{Registry, configured};
use crate::rooms::character_record::BuiltIns;
use crate::rooms::library::Library;
use crate::rooms::service::RoomBounds;
use crate::shutdown::Shutdown;
use crate::traces::Service;

/// Where a LiveKit dev server listens.
const LIVEKIT_DEV_URL: &str = "ws://127.0.0.1:7880";

/// Folder of character files, in the working directory.
pub(super) const AGENTS: &str = "agents";

/// Flags of `troupe serve`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address to listen on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Database: sqlite:PATH or postgres://…
    #[arg(long, value_name = "URL")]
    db: Option<String>,
    /// Address on which Prometheus may ask for metrics; without it nothing is told
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<String>,
}

pub(crate) async fn run(args: Args, context: Context) -> Result<(), Failure> {
    let config = context.config(Overrides {
        listen: args.listen,
        db: args.db,
        metrics: args.metrics,
        ..Overrides::default()
    })?;
    // Nothing is fetched or loaded here: a server may have no models, and then nobody answers in group chats.
    let models = configured::registry(&config).map_err(Failure::failed)?;
    let (ready, _) = oneshot::channel();
    serve(&config, built_ins()?, Arc::new(models), ready, context.shutdown).await
}

/// Serves until `shutdown`; `ready` gets the bound address once requests are answered. `models` answer in group
/// chats.
pub(crate) async fn serve(
    config: &Config,
    characters: BuiltIns,
    models: Arc<Registry>,
    ready: oneshot::Sender<SocketAddr>,
    shutdown: Shutdown,
) -> Result<(), Failure> {
    let livekit_url = config
        .livekit
        .url
        .as_ref()
        .map_or(LIVEKIT_DEV_URL, ServerUrl::as_str);
    let listener = TcpListener::bind(config.api.listen)
        .await
        .map_err(|error| not_bound(config.api.listen, &error))?;
    let address = listener
        .local_addr()
        .map_err(|error| not_bound(config.api.listen, &error))?;
    let metrics = match config.api.metrics {
        None => None,
        Some(address) => {
            let listener = TcpListener::bind(address).await;
            Some(listener.map_err(|error| not_bound(address, &error))?)
        }
    };
    let public_url = match &config.api.public_url {
        Some(url) => url.clone(),
        None => ServerUrl::http(address),
    };
    let traces = traces(config, Service::Api)?;
    let settings = Settings {
        db: config.api.db.clone(),
        secret: config
            .api
            .secret
            .as_ref()
            .map(|secret| secret.expose_secret().to_owned()),
        data: config.data.clone(),
        public_url: public_url.as_str().to_owned(),
        livekit_url: livekit_url.to_owned(),
        livekit_public_url: config
            .livekit
            .public_url
            .as_ref()
            .map_or(livekit_url, ServerUrl::as_str)
            .to_owned(),
        livekit_api_key: config.livekit.api_key.clone(),
        livekit_api_secret: config.livekit.api_secret.expose_secret().to_owned(),
        destinations: Destinations::of(config.api.webhook_allow_private),
        tool_destinations: Destinations::of(config.tools.allow_private),
        models,
        characters,
        bounds: RoomBounds {
            project: config.api.limits.project,
            ..RoomBounds::default()
        },
        limits: config.api.limits.server,
        library: Library::load(Path::new(AGENTS)).map_err(Failure::failed)?,
        recordings: config.api.recordings.clone(),
        recording_retention_days: config.api.recording_retention_days,
        video_folder: config.api.video_folder.clone(),
        metrics,
        traces: traces.clone(),
        trace_url: config.traces.url.clone(),
    };
    let server = api::Server::open(settings, shutdown)
        .await
        .map_err(Failure::failed)?;
    tracing::info!(%address, "serve the Rooms API");
    // Whoever wanted to know may be gone by now.
    let _ = ready.send(address);
    let served = server.serve(listener).await;
    traces.finish(SPANS_WITHIN).await;
    served.map_err(Failure::failed)
}

/// The deployment's characters: those of the binary, and a user's own.
pub(crate) fn built_ins() -> Result<BuiltIns, Failure> {
    let characters = character::load(&character_folders()).map_err(Failure::failed)?;
    Ok(BuiltIns::new(characters))
}

/// Where a user's own characters are, which stand beside the built-in ones.
pub(super) fn character_folders() -> Vec<PathBuf> {
    [PathBuf::from(AGENTS)]
        .into_iter()
        .filter(|folder| folder.is_dir())
        .collect()
}

fn not_bound(address: SocketAddr, error: &std::io::Error) -> Failure {
    match error.kind() {
        ErrorKind::AddrInUse => Failure::failed(format!(
            "{address} is taken by another process; stop it or choose another address"
        )),
        _ => Failure::failed(format!("listen on {address}: {error}")),
    }
}
