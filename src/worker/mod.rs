//! The worker: takes started rooms and plays their characters.
//!
//! Loops speak with the API, one task plays each room:
//!
//! ```text
//! claims ──► keeping (heartbeats, `troupe-lease`) ──► session ──► entries, release
//!                │                                       ▲
//!                └─► rooms that are lost      changes ───┘ cast and end of a room
//! ```

mod claims;
mod client;
pub mod dispatch;
mod drain;
mod entries;
mod health;
mod held;
mod keeping;
mod leftover;
pub mod local;
mod memory;
mod metrics;
mod models;
mod pad;
mod recording;
mod session;
mod standing;
mod turn;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};
use troupe_dialogue::Tuning;
use troupe_lease::Input;
use troupe_sound::Treatment;

use self::client::Client;
pub use self::client::{ApiError, probe};
use self::drain::Leave;
use self::entries::Spool as EntriesSpool;
use self::health::{Face, Readiness};
use self::held::Rooms;
use self::metrics::Metrics;
use self::recording::{Recordings, SPOOL_BYTES_MAX, Spool};
use self::standing::Standing;
use crate::brain::prompt::Prompter;
use crate::ear::Ears;
use crate::ear::judge::Judge;
use crate::protocol::HeartbeatRequest;
use crate::providers::{Registry, Spending};
use crate::recorder::Recorder;
use crate::tools::Reach;
use crate::traces::Traces;
use crate::voice::Ambiences;

/// Time that a worker which stops gives the API to hear of it.
const GOODBYE_WITHIN: Duration = Duration::from_secs(1);

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
    /// What models cost, and what a room may.
    pub spending: Spending,
    /// What is done with people's sound before it is heard.
    pub treatment: Treatment,
    /// Folder in which recorded sound waits for the API.
    pub spool: PathBuf,
    /// Folder in which entries wait for the API.
    pub entries: PathBuf,
    /// What the process may use where no control group says so, MiB.
    pub memory_max_mib: Option<u32>,
    /// Time that talks are given to come to their end once the worker is to stop.
    pub drain: Duration,
    /// Cancelled when they are to be handed over at once.
    pub hurry: CancellationToken,
    /// How tools of characters reach the world.
    pub tools: Reach,
    /// The end-of-turn model; without it pauses are judged by words and silence.
    pub judge: Option<Judge>,
    /// Where spans go; whoever made it waits for the last ones.
    pub traces: Traces,
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
    /// LiveKit's dispatch refused it for good.
    #[error(transparent)]
    Dispatch(#[from] dispatch::DispatchError),
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
    metrics: Metrics,
    sessions: TaskTracker,
    shared: session::Shared,
    keeper: mpsc::Sender<Input>,
    leave: watch::Sender<Leave>,
}

impl Worker {
    /// Tells the keeper what happened.
    async fn tell_keeper(&self, input: Input) {
        if self.keeper.send(input).await.is_err() {
            tracing::error!("tell the keeper of rooms: it is gone");
        }
    }

    /// Tells the API that this worker holds nothing any more: a room that it was given in the last moment, and never
    /// heard of, is open at once.
    async fn say_goodbye(&self) {
        let request = HeartbeatRequest {
            worker_id: self.id.clone(),
            rooms: Vec::new(),
            draining: true,
            beat: None,
            notes: Vec::new(),
        };
        match tokio::time::timeout(GOODBYE_WITHIN, self.client.heartbeat(&request)).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::debug!(%error, "say goodbye to the API"),
            Err(_) => tracing::debug!("say goodbye to the API: no answer within {GOODBYE_WITHIN:?}"),
        }
    }

    fn standing(&self) -> &Standing {
        &self.shared.standing
    }
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
    let client = Client::new(&setup.api_url, setup.key)?.traced(setup.traces.is_on());
    let id = format!("worker_{:032x}", rand::random::<u128>());
    let metrics = Metrics::new(setup.registry.counts());
    let registry = setup.registry.clone();
    let shared = session::Shared {
        metrics: metrics.clone(),
        home: session::Home::Office(Arc::new(session::Office {
            client: client.clone(),
            worker_id: id.clone(),
            recordings: Recordings {
                recorder: Recorder::start()?,
                spool: Spool::new(&setup.spool, &id, SPOOL_BYTES_MAX),
            },
            entries: EntriesSpool::open(&setup.entries, &id, &setup.api_url),
        })),
        registry: setup.registry,
        prompter: Arc::new(Prompter::new()?),
        ears: Ears::start(setup.treatment)?,
        tuning: setup.tuning,
        memory_tokens: setup.memory_tokens,
        spending: setup.spending,
        judge: setup.judge,
        tools: setup.tools,
        standing: Standing::new(),
        ambiences: Ambiences::default(),
        traces: setup.traces.clone(),
    };
    let (keeper, inputs) = mpsc::channel(keeping::INPUTS_MAX);
    let (leave, _) = watch::channel(Leave::Stay);
    let worker = Arc::new(Worker {
        client,
        id,
        rooms: Rooms::default(),
        rooms_max: setup.rooms_max,
        readiness: Readiness::default(),
        metrics,
        sessions: TaskTracker::new(),
        shared,
        keeper,
        leave,
    });
    let face = Face {
        worker_id: worker.id.clone(),
        agent_name: "troupe".to_owned(),
        rooms_max: worker.rooms_max,
        readiness: worker.readiness.clone(),
        metrics: worker.metrics.clone(),
        traces: setup.traces,
    };
    let health = setup.health.map(|listener| health::serve(listener, face));
    let _health = health.map(|serving| AbortOnDropHandle::new(tokio::spawn(serving)));
    let memory = memory::watch(
        worker.readiness.clone(),
        worker.metrics.clone(),
        setup.memory_max_mib,
    );
    let _memory = AbortOnDropHandle::new(tokio::spawn(memory));
    let _leftover = AbortOnDropHandle::new(tokio::spawn(leftover::watch(worker.metrics.clone())));
    let models = models::watch(worker.readiness.clone(), worker.metrics.clone(), registry);
    let _models = AbortOnDropHandle::new(tokio::spawn(models));
    let _keeper = AbortOnDropHandle::new(tokio::spawn(keeping::keep(worker.clone(), inputs)));
    let left_behind = entries::hand_in_left_behind(worker.client.clone(), setup.entries, setup.api_url);
    let _left_behind = AbortOnDropHandle::new(tokio::spawn(left_behind));
    let _changes = AbortOnDropHandle::new(tokio::spawn(keeping::changes(worker.clone())));
    let result = claims::run(&worker, ready, &shutdown).await;
    worker.readiness.set(false);
    worker.tell_keeper(Input::Drain).await;
    // A worker that was refused has nothing to wait for.
    let grace = if result.is_ok() {
        setup.drain
    } else {
        Duration::ZERO
    };
    let draining = drain::run(worker.leave.clone(), grace, setup.hurry);
    let _draining = AbortOnDropHandle::new(tokio::spawn(draining));
    worker.sessions.close();
    worker.sessions.wait().await;
    worker.say_goodbye().await;
    result
}
