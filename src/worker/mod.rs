//! The worker: takes started rooms and plays their characters.
//!
//! Three loops speak with the API, one task plays each room:
//!
//! ```text
//! claims ──► session ──► entries, release
//! heartbeat ─► lost rooms        changes ─► cast and end of a room
//! ```

mod claims;
mod client;
mod entries;
mod health;
mod held;
mod keeping;
pub mod local;
mod recording;
mod session;

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};
use troupe_dialogue::Tuning;

use self::client::Client;
use self::health::Readiness;
use self::held::Rooms;
use self::recording::{Recordings, SPOOL_BYTES_MAX, Spool};
use crate::brain::prompt::Prompter;
use crate::ear::Ears;
use crate::ear::judge::Judge;
use crate::providers::Registry;
use crate::recorder::Recorder;
use crate::tools::Reach;

/// What a worker needs.
pub struct Setup {
    /// Address of the Rooms API.
    pub api_url: String,
    /// A key of kind `worker`.
    pub key: SecretString,
    /// Where health checks are answered, if at all.
    pub health: Option<TcpListener>,
    /// Rooms at once.
    pub rooms_max: u32,
    /// Models.
    pub registry: Arc<Registry>,
    /// Thresholds of turn-taking.
    pub tuning: Tuning,
    /// Tokens of talk that a prompt may hold.
    pub memory_tokens: usize,
    /// Folder in which recorded sound waits for the API.
    pub spool: PathBuf,
    /// How tools of characters reach the world.
    pub tools: Reach,
    /// The end-of-turn model; without it pauses are judged by words and silence.
    pub judge: Option<Judge>,
}

/// Why a worker can't work.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// The API refused it for good.
    #[error(transparent)]
    Api(#[from] client::ApiError),
    /// The ears can't be opened.
    #[error(transparent)]
    Ear(#[from] crate::ear::EarError),
    /// There is no recorder.
    #[error(transparent)]
    Recorder(#[from] crate::recorder::RecorderError),
    /// The prompts can't be read.
    #[error(transparent)]
    Prompt(#[from] crate::brain::prompt::PromptError),
}

/// What the loops share.
struct Worker {
    client: Client,
    id: String,
    rooms: Rooms,
    rooms_max: u32,
    readiness: Readiness,
    sessions: TaskTracker,
    shared: session::Shared,
}

/// Takes and plays rooms until `shutdown`, then leaves them for others; `ready` is called once rooms are taken.
///
/// # Errors
/// When the API refuses the worker's key, or the worker can't start.
pub async fn run(
    setup: Setup,
    ready: impl FnOnce() + Send,
    shutdown: CancellationToken,
) -> Result<(), WorkerError> {
    let client = Client::new(&setup.api_url, setup.key)?;
    let id = format!("worker_{:032x}", rand::random::<u128>());
    let shared = session::Shared {
        home: session::Home::Office(Arc::new(session::Office {
            client: client.clone(),
            worker_id: id.clone(),
            recordings: Recordings {
                recorder: Recorder::start()?,
                spool: Spool::new(&setup.spool, &id, SPOOL_BYTES_MAX),
            },
        })),
        registry: setup.registry,
        prompter: Arc::new(Prompter::new()?),
        ears: Ears::start()?,
        tuning: setup.tuning,
        memory_tokens: setup.memory_tokens,
        judge: setup.judge,
        tools: setup.tools,
    };
    let readiness = Readiness::default();
    let _health = setup.health.map(|listener| {
        let readiness = readiness.clone();
        AbortOnDropHandle::new(tokio::spawn(async move {
            if let Err(error) = health::serve(listener, readiness).await {
                tracing::error!(%error, "answer health checks");
            }
        }))
    });
    let worker = Arc::new(Worker {
        client,
        id,
        rooms: Rooms::default(),
        rooms_max: setup.rooms_max,
        readiness,
        sessions: TaskTracker::new(),
        shared,
    });
    let _heartbeat =
        AbortOnDropHandle::new(tokio::spawn(keeping::heartbeat(worker.clone(), shutdown.clone())));
    let _changes = AbortOnDropHandle::new(tokio::spawn(keeping::changes(worker.clone())));
    let result = claims::run(&worker, ready, &shutdown).await;
    worker.readiness.set(false);
    worker.sessions.close();
    worker.sessions.wait().await;
    result
}
