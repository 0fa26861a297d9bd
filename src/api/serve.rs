//! The API as a server, and what it is made from.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::middleware::from_fn_with_state;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::limits::Limits;
use super::metrics::{self, Requests};
use super::recordings;
use super::router::router;
use super::secret::secret_of;
use super::state::Api;
use super::traced;
use crate::config::{RecordingsPlace, TraceUrl};
use crate::outbound::Destinations;
use crate::providers::Registry;
use crate::rooms::Rooms;
use crate::rooms::character_record::BuiltIns;
use crate::rooms::library::Library;
use crate::rooms::livekit::{LiveKitServer, RoomService, VideoFolder};
use crate::rooms::recording::{FolderObjects, Objects, S3Objects};
use crate::rooms::secret::{SecretError, ServerSecret};
use crate::rooms::service::{RecordingSettings, RoomBounds};
use crate::rooms::store::{self, Location, OpenError, Store};
use crate::rooms::token::TokenMint;
use crate::rooms::wakeups::Wakeups;
use crate::traces::Traces;

/// Longest wait for requests in flight when the server stops.
const DRAIN_MAX: Duration = Duration::from_secs(10);

/// What the API is made from.
pub struct Settings {
    /// `sqlite:PATH` or `postgres://…`.
    pub db: String,
    /// Hashes keys; without one the server makes its own and keeps it: see [`open`].
    pub secret: Option<String>,
    /// Where the server keeps what is its own and not in the database.
    pub data: Option<PathBuf>,
    /// Address that clients use for this API, for links.
    pub public_url: String,
    /// Address of LiveKit for this server and the workers.
    pub livekit_url: String,
    /// Address of LiveKit for clients.
    pub livekit_public_url: String,
    /// API key of the LiveKit server.
    pub livekit_api_key: String,
    /// API secret of the LiveKit server.
    pub livekit_api_secret: String,
    /// Characters that come with the deployment.
    pub characters: BuiltIns,
    /// Premade role-plays and research projects that come with the deployment.
    pub library: Library,
    /// Bounds of every room, and of every project.
    pub bounds: RoomBounds,
    /// Where projects may have webhooks sent.
    pub destinations: Destinations,
    /// Where tools of characters may be.
    pub tool_destinations: Destinations,
    /// Models for the characters of group chats.
    pub models: Arc<Registry>,
    /// What the server bears.
    pub limits: Limits,
    /// Where recordings are kept; without a word, in a folder beside the database.
    pub recordings: Option<RecordingsPlace>,
    /// Days after which recordings are removed.
    pub recording_retention_days: Option<u32>,
    /// Where LiveKit's Egress keeps videos of role-plays, if there is one.
    pub video_folder: Option<VideoFolder>,
    /// Where metrics are asked for, if anywhere.
    pub metrics: Option<TcpListener>,
    /// Where spans go; whoever made it waits for the last ones.
    pub traces: Traces,
    /// Where operators look at a trace, if anywhere.
    pub trace_url: Option<TraceUrl>,
}

/// Why the API does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// No database.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// No secret.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The database did not say which one it is.
    #[error(transparent)]
    Store(#[from] crate::rooms::Error),
    /// The bucket of recordings can't be used.
    #[error("use the bucket of recordings: {0}; see the AWS_… variables in docs/recording.md")]
    Bucket(#[source] std::io::Error),
    /// The listener failed.
    #[error("serve HTTP: {0}")]
    Serve(#[from] std::io::Error),
}

/// Opens the database that `db` names and the secret that belongs to it: `secret`, or one of the server's own,
/// which is kept in `data` unless the database is a file with a place beside it.
///
/// # Errors
/// When either can't be had.
pub async fn open(
    db: &str,
    secret: Option<&str>,
    data: Option<&Path>,
) -> Result<(Store, ServerSecret), ServeError> {
    let location = Location::parse(db)?;
    let store = store::open(&location).await?;
    let secret = secret_of(secret, data, &location, &store).await?;
    Ok((store, secret))
}

/// The API, ready to answer.
pub struct Server {
    api: Api,
    store: Store,
    metrics: Option<TcpListener>,
    traces: Traces,
    shutdown: CancellationToken,
}

impl Server {
    /// Opens what the API needs. It runs until `shutdown`.
    ///
    /// # Errors
    /// When database or secret can't be had.
    pub async fn open(settings: Settings, shutdown: CancellationToken) -> Result<Self, ServeError> {
        let (store, secret) =
            open(&settings.db, settings.secret.as_deref(), settings.data.as_deref()).await?;
        let objects: Arc<dyn Objects> = match settings.recordings {
            Some(RecordingsPlace::Bucket { name, prefix }) => {
                Arc::new(S3Objects::from_env(&name, &prefix).map_err(ServeError::Bucket)?)
            }
            Some(RecordingsPlace::Folder(folder)) => Arc::new(FolderObjects::new(folder)),
            None => {
                let folder = recordings::default_folder(&settings.db, settings.data.as_deref(), &store);
                Arc::new(FolderObjects::new(folder.await?))
            }
        };
        let livekit: Arc<dyn RoomService> = Arc::new(LiveKitServer::new(
            &settings.livekit_url,
            &settings.livekit_api_key,
            &settings.livekit_api_secret,
        ));
        let rooms = Rooms {
            store: store.clone(),
            livekit,
            tokens: TokenMint::new(
                &settings.livekit_api_key,
                &settings.livekit_api_secret,
                settings.bounds.livekit_timeouts(),
            ),
            livekit_url: settings.livekit_url,
            livekit_public_url: settings.livekit_public_url,
            built_ins: settings.characters,
            library: settings.library,
            bounds: settings.bounds,
            destinations: settings.destinations,
            tool_destinations: settings.tool_destinations,
            recordings: RecordingSettings {
                objects,
                retention_days: settings.recording_retention_days,
                videos: settings.video_folder,
            },
            wakeups: Wakeups::default(),
        };
        Ok(Self {
            api: Api::with_models(
                rooms,
                secret,
                &settings.public_url,
                settings.limits,
                settings.models,
                settings.trace_url,
                shutdown.clone(),
            ),
            store,
            metrics: settings.metrics,
            traces: settings.traces,
            shutdown,
        })
    }

    /// Answers requests on `listener` until the shutdown, then lets those in flight finish.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn serve(self, listener: TcpListener) -> Result<(), ServeError> {
        let mut background = JoinSet::new();
        let (rooms, webhooks) = (self.api.rooms(), self.api.webhooks());
        let (sweeper, reconciler, joiner) = (rooms.clone(), rooms.clone(), rooms.clone());
        let stop = &self.shutdown;
        let stopped = stop.clone();
        background.spawn(async move { sweeper.sweep_until(stopped).await });
        let stopped = stop.clone();
        background.spawn(async move { reconciler.reconcile_until(stopped).await });
        let stopped = stop.clone();
        background.spawn(async move { joiner.join_recordings_until(stopped).await });
        let (reporter, stopped) = (self.api.reporter().clone(), stop.clone());
        background.spawn(async move { reporter.write_until(stopped).await });
        background.spawn(webhooks.clone().dispatch_until(stop.clone()));
        let requests = Requests::new();
        let _metrics = self.metrics.map(|listener| {
            let (store, requests) = (self.store.clone(), requests.clone());
            let traces = self.traces.clone();
            AbortOnDropHandle::new(tokio::spawn(async move {
                if let Err(error) = metrics::serve(listener, store, requests, traces).await {
                    tracing::error!(%error, "answer questions for metrics");
                }
            }))
        });
        let app = router(self.api).layer(from_fn_with_state(requests, metrics::count));
        let app = if self.traces.is_on() {
            app.layer(from_fn_with_state(self.traces, traced::join))
        } else {
            app
        };
        let serving =
            axum::serve(listener, app).with_graceful_shutdown(self.shutdown.clone().cancelled_owned());
        let served = tokio::select! {
            served = serving => served,
            () = drained(&self.shutdown) => {
                tracing::warn!("stop with requests in flight");
                Ok(())
            }
        };
        self.shutdown.cancel();
        while let Some(stopped) = background.join_next().await {
            if let Err(error) = stopped {
                tracing::warn!(%error, "stop a background task");
            }
        }
        self.store.close().await;
        Ok(served?)
    }
}

async fn drained(shutdown: &CancellationToken) {
    shutdown.cancelled().await;
    tokio::time::sleep(DRAIN_MAX).await;
}
