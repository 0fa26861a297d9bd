//! LiveKit's own agent dispatch: rooms of any LiveKit set-up get characters, without the Rooms API.
//!
//! ```text
//! LiveKit ─ /agent ─► line ─► desk (decides which jobs are taken) ─► session, one a job
//! ```
//!
//! A job's metadata says who plays (`order.rs`). What is said stays in the room: captions, and nothing is stored. When
//! the connection is lost, jobs go on, and the worker registers anew.

mod desk;
mod line;
mod order;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use livekit_protocol::{Job, server_message};
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;
use tracing::{info, warn};
use troupe_dialogue::Tuning;
use troupe_sound::Treatment;

use self::desk::{Desk, Input, Output};
use self::line::{Line, Place};
use self::order::Order;
use super::drain::{self, Leave};
use super::health::{self, Face, Readiness};
use super::metrics::Metrics;
use super::pad::Pad;
use super::session::{self, Ended, Home};
use super::standing::Standing;
use super::{WorkerError, held, memory, models};
use crate::backoff::Backoff;
use crate::brain::prompt::Prompter;
use crate::character::Character;
use crate::ear::Ears;
use crate::ear::judge::Judge;
use crate::link::AGENT_PREFIX;
use crate::protocol::{CastMember, Claim, Limits, ReleaseReason};
use crate::providers::{Registry, Spending};
use crate::rooms::livekit::RoomTimeouts;
use crate::rooms::token::TokenMint;
use crate::tools::Reach;
use crate::traces::Traces;
use crate::voice::Ambiences;

/// Longest job, s.
const DURATION_MAX_S: u64 = 4 * 3600;
/// A job without people in its room ends after this time, s.
const EMPTY_S: u64 = 60;

/// Why LiveKit's dispatch can't be used.
#[derive(Debug, thiserror::Error)]
pub enum DispatchError {
    /// It refuses the key.
    #[error(
        "LiveKit refuses the API key; LIVEKIT_API_KEY and LIVEKIT_API_SECRET must be a pair of its `keys`"
    )]
    Credentials,
    /// Nobody answers, or the connection broke.
    #[error("LiveKit's dispatch can't be reached: {0}")]
    Unreachable(String),
}

/// What a worker of LiveKit's dispatch needs.
pub struct DispatchSetup {
    /// Address of LiveKit, `ws` or `wss`.
    pub livekit_url: String,
    /// API key of LiveKit.
    pub api_key: String,
    /// API secret of LiveKit.
    pub api_secret: SecretString,
    /// The name under which jobs are dispatched to it; empty: every new room.
    pub agent_name: String,
    /// Who can be asked for.
    pub characters: Vec<Character>,
    /// Where health checks are answered.
    pub health: Option<TcpListener>,
    /// Jobs at once.
    pub rooms_max: u32,
    /// Models.
    pub registry: Arc<Registry>,
    /// Tokens of talk that a prompt may hold.
    pub memory_tokens: usize,
    /// What models cost, and what a room may.
    pub spending: Spending,
    /// What the process may use where no control group says so, MiB.
    pub memory_max_mib: Option<u32>,
    /// What is done with people's sound before it is heard.
    pub treatment: Treatment,
    /// How tools of characters reach the world.
    pub tools: Reach,
    /// The end-of-turn model; without it pauses are judged by words and silence.
    pub judge: Option<Judge>,
    /// Time that talks are given to come to their end once the worker is to stop.
    pub drain: Duration,
    /// Cancelled when they are to end at once.
    pub hurry: CancellationToken,
    /// Where spans go; whoever made it waits for the last ones.
    pub traces: Traces,
}

/// A job that was asked about, until it is over.
struct Known {
    order: Order,
    room: String,
    /// The assignment's, once it is there.
    url: String,
    token: String,
    leave: watch::Sender<Leave>,
}

struct Dispatch {
    place: Place,
    characters: Vec<Character>,
    tokens: TokenMint,
    shared: session::Shared,
    desk: Desk,
    jobs_max: usize,
    jobs: HashMap<String, Known>,
    playing: JoinSet<(String, Option<String>)>,
    readiness: Readiness,
    began: Instant,
}

/// Takes jobs until `shutdown`, then lets those under way end; `ready` is called once LiveKit knows this worker.
///
/// # Errors
/// When LiveKit refuses the key, or the worker can't start.
pub async fn run(
    setup: DispatchSetup,
    ready: impl FnOnce() + Send,
    shutdown: CancellationToken,
) -> Result<(), WorkerError> {
    let metrics = Metrics::new(setup.registry.counts());
    let registry = setup.registry.clone();
    // Nobody else can have a job's room.
    let standing = Standing::new();
    standing.set(Some(i64::MAX));
    let shared = session::Shared {
        home: Home::Stranger,
        metrics: metrics.clone(),
        registry: setup.registry,
        prompter: Arc::new(Prompter::new()?),
        ears: Ears::start(setup.treatment)?,
        judge: setup.judge,
        tuning: Tuning::default(),
        memory_tokens: setup.memory_tokens,
        spending: setup.spending,
        tools: setup.tools,
        standing,
        ambiences: Ambiences::default(),
        traces: setup.traces.clone(),
    };
    let readiness = Readiness::default();
    let face = Face {
        worker_id: format!("worker_{:032x}", rand::random::<u128>()),
        agent_name: setup.agent_name.clone(),
        rooms_max: setup.rooms_max,
        readiness: readiness.clone(),
        metrics: metrics.clone(),
        traces: setup.traces,
    };
    let memory = memory::watch(readiness.clone(), metrics.clone(), setup.memory_max_mib);
    let _memory = AbortOnDropHandle::new(tokio::spawn(memory));
    let models = models::watch(readiness.clone(), metrics, registry);
    let _models = AbortOnDropHandle::new(tokio::spawn(models));
    let _health = setup
        .health
        .map(|listener| AbortOnDropHandle::new(tokio::spawn(health::serve(listener, face))));
    let timeouts = RoomTimeouts {
        empty_s: EMPTY_S as u32,
        departure_s: EMPTY_S as u32,
    };
    let jobs_max = setup.rooms_max as usize;
    let mut dispatch = Dispatch {
        tokens: TokenMint::new(&setup.api_key, setup.api_secret.expose_secret(), timeouts),
        place: Place {
            livekit_url: setup.livekit_url,
            api_key: setup.api_key,
            api_secret: setup.api_secret.expose_secret().to_owned(),
            agent_name: setup.agent_name,
        },
        characters: setup.characters,
        shared,
        desk: Desk::new(jobs_max),
        jobs_max,
        jobs: HashMap::new(),
        playing: JoinSet::new(),
        readiness,
        began: Instant::now(),
    };
    let (leave, mut leaving) = watch::channel(Leave::Stay);
    let mut draining = None;
    let mut ready = Some(ready);
    let mut backoff = Backoff::default();
    loop {
        let mut line = match Line::open(&dispatch.place).await {
            Ok(line) => line,
            Err(error @ DispatchError::Credentials) if ready.is_some() => return Err(error.into()),
            Err(error) => {
                warn!(%error, "register with LiveKit, will try again");
                tokio::select! {
                    () = shutdown.cancelled(), if dispatch.playing.is_empty() => return Ok(()),
                    // Their rooms are gone with the server: nobody else takes note of it meanwhile.
                    Some(over) = dispatch.playing.join_next(), if !dispatch.playing.is_empty() => {
                        dispatch.over(over);
                        continue;
                    }
                    () = tokio::time::sleep(backoff.next(rand::random())) => continue,
                }
            }
        };
        let ended = loop {
            let wake = dispatch.began + Duration::from_millis(dispatch.desk.timeout_ms());
            tokio::select! {
                message = line.next() => match message {
                    Some(server_message::Message::Register(_)) => {
                        backoff.reset();
                        dispatch.readiness.set(!shutdown.is_cancelled());
                        dispatch.handle(Input::Registered);
                        if let Some(ready) = ready.take() {
                            ready();
                        }
                    }
                    Some(message) => dispatch.hear(message),
                    None => break false,
                },
                Some(over) = dispatch.playing.join_next(), if !dispatch.playing.is_empty() => dispatch.over(over),
                () = shutdown.cancelled(), if draining.is_none() => {
                    dispatch.readiness.set(false);
                    dispatch.handle(Input::Drain);
                    let steps = drain::run(leave.clone(), setup.drain, setup.hurry.clone());
                    draining = Some(AbortOnDropHandle::new(tokio::spawn(steps)));
                }
                Ok(()) = leaving.changed() => {
                    let step = *leaving.borrow_and_update();
                    for job in dispatch.jobs.values() {
                        job.leave.send_replace(step);
                    }
                }
                () = tokio::time::sleep_until(wake) => dispatch.handle(Input::Wake),
            }
            if let Err(error) = dispatch.act(&mut line).await {
                warn!(%error, "tell LiveKit's dispatch");
                break false;
            }
            if draining.is_some() && dispatch.playing.is_empty() {
                break true;
            }
        };
        if ended {
            line.close().await;
            return Ok(());
        }
        dispatch.readiness.set(false);
    }
}

impl Dispatch {
    fn handle(&mut self, input: Input) {
        let now_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let is_short = self.readiness.is_short();
        self.desk.handle_input(now_ms, Input::Memory { is_short });
        self.desk.handle_input(now_ms, input);
    }

    fn hear(&mut self, message: server_message::Message) {
        match message {
            server_message::Message::Availability(request) => {
                if let Some(job) = request.job {
                    self.asked(&job);
                }
            }
            server_message::Message::Assignment(assignment) => {
                let Some(job) = assignment.job else { return };
                if !self.jobs.contains_key(&job.id)
                    && let Err(reason) = self.know(&job)
                {
                    warn!(job = job.id, reason, "be assigned a job");
                }
                if let Some(known) = self.jobs.get_mut(&job.id) {
                    known.token = assignment.token;
                    known.url = assignment
                        .url
                        .filter(|url| !url.is_empty())
                        .unwrap_or_else(|| self.place.livekit_url.clone());
                    self.handle(Input::Assigned { job: job.id });
                }
            }
            server_message::Message::Termination(termination) => {
                self.handle(Input::Terminated {
                    job: termination.job_id,
                });
            }
            _ => {}
        }
    }

    fn asked(&mut self, job: &Job) {
        let refusal = self.know(job).err();
        if let Some(reason) = &refusal {
            warn!(job = job.id, reason, "refuse a job");
        }
        self.handle(Input::Asked {
            job: job.id.clone(),
            refusal,
        });
    }

    fn know(&mut self, job: &Job) -> Result<(), String> {
        let order = order::read(&job.metadata, &self.place.agent_name, &self.characters)?;
        let room = job.room.as_ref().map(|room| room.name.clone());
        let known = Known {
            order,
            room: room.ok_or("the job has no room")?,
            url: String::new(),
            token: String::new(),
            leave: watch::Sender::new(Leave::Stay),
        };
        self.jobs.insert(job.id.clone(), known);
        Ok(())
    }

    fn over(&mut self, over: Result<(String, Option<String>), tokio::task::JoinError>) {
        match over {
            Ok((job, failure)) => {
                self.jobs.remove(&job);
                self.handle(Input::Ended { job, failure });
            }
            Err(error) => tracing::error!(%error, "play a job: its task failed"),
        }
        let jobs_max = u32::try_from(self.jobs_max).unwrap_or(u32::MAX);
        self.shared.metrics.rooms(self.playing.len(), jobs_max);
    }

    async fn act(&mut self, line: &mut Line) -> Result<(), DispatchError> {
        while let Some(output) = self.desk.poll_output() {
            match output {
                Output::Answer { job, available } => {
                    let known = self.jobs.get(&job).filter(|_| available);
                    let first = known.and_then(|known| known.order.cast.first()).cloned();
                    if !available {
                        self.jobs.remove(&job);
                    }
                    line.answer(job, first.as_ref()).await?;
                }
                Output::Play { job } => self.play(job),
                Output::Stop { job } => {
                    if let Some(known) = self.jobs.get(&job) {
                        known.leave.send_replace(Leave::AtOnce);
                    }
                }
                Output::Forget { job } => {
                    self.jobs.remove(&job);
                }
                Output::Running { job } => line.running(job).await?,
                Output::Over { job, failure } => line.over(job, failure).await?,
                Output::Status { jobs, takes_more } => line.status(jobs, self.jobs_max, takes_more).await?,
            }
        }
        Ok(())
    }

    /// Plays a job in a task of its own: a panic in one room ends that room alone.
    fn play(&mut self, job: String) {
        let Some(known) = self.jobs.get(&job) else { return };
        let claim = match self.claim(&job, known) {
            Ok(claim) => claim,
            Err(failure) => {
                return self.handle(Input::Ended {
                    job,
                    failure: Some(failure),
                });
            }
        };
        info!(job, characters = claim.cast.len(), "play a job");
        let (shared, leave) = (self.shared.clone(), known.leave.subscribe());
        self.playing.spawn(async move {
            // Nobody changes a job's cast; the channel stays open so that the session does not take it for over.
            let (_unchanged, changes) = mpsc::channel(held::CHANGES_MAX);
            let place = session::Place {
                changes,
                leave,
                lost: CancellationToken::new(),
                pad: Pad::default(),
            };
            let failure = match tokio::spawn(session::play(shared, claim, place)).await {
                Ok(Ended::Over(ReleaseReason::Failed)) => Some("the room could not be played".to_owned()),
                Ok(_) => None,
                Err(error) => Some(if error.is_panic() { "panic" } else { "cancelled" }.to_owned()),
            };
            (job, failure)
        });
        self.shared.metrics.claimed.inc();
        let jobs_max = u32::try_from(self.jobs_max).unwrap_or(u32::MAX);
        self.shared.metrics.rooms(self.playing.len(), jobs_max);
    }

    /// What a session is given in place of the Rooms API's claim.
    fn claim(&self, job: &str, known: &Known) -> Result<Claim, String> {
        let mut cast = Vec::with_capacity(known.order.cast.len());
        for (place, character) in known.order.cast.iter().enumerate() {
            let identity = format!("{AGENT_PREFIX}{}", character.id);
            // The first one is the participant that LiveKit gave the job to; the others get in on our own key.
            let token = match place {
                0 => known.token.clone(),
                _ => self
                    .tokens
                    .agent(&known.room, &identity, &character.name)
                    .map_err(|error| error.to_string())?,
            };
            cast.push(CastMember {
                participant_id: String::new(),
                conversation_id: String::new(),
                identity,
                token,
                character: character.clone(),
            });
        }
        Ok(Claim {
            room_id: job.to_owned(),
            epoch: 1,
            name: known.room.clone(),
            mode: known.order.mode,
            scene_prompt: known.order.scene.clone(),
            ambience: known.order.ambience,
            livekit_url: known.url.clone(),
            livekit_room: known.room.clone(),
            cast,
            timeline: Vec::new(),
            limits: Limits {
                max_duration_s: DURATION_MAX_S,
                empty_timeout_s: EMPTY_S,
            },
            assignment: None,
            record: false,
            age_ms: 0,
            note: None,
        })
    }
}
