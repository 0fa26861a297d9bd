//! One room without Rooms API and LiveKit: the same session, at this terminal.

use std::sync::Arc;

use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;
use troupe_dialogue::Tuning;
use troupe_sound::Treatment;

use super::WorkerError;
use super::session::{self, Home};
use crate::brain::prompt::Prompter;
use crate::character::Character;
use crate::ear::Ears;
use crate::ear::judge::Judge;
use crate::link::AGENT_PREFIX;
use crate::link::console::Door;
use crate::protocol::{CastMember, Claim, Limits, Mode, NewEntry};
use crate::providers::{Registry, Spending};
use crate::tools::Reach;
use crate::traces::Traces;
use crate::voice::Ambiences;
use crate::worker::drain::Leave;
use crate::worker::metrics::Metrics;
use crate::worker::pad::Pad;
use crate::worker::session::Place;
use crate::worker::standing::Standing;

/// Longest talk, s: a day.
const DURATION_MAX_S: u64 = 24 * 3600;

/// What a talk at a terminal needs.
pub struct LocalSetup {
    /// Who plays.
    pub cast: Vec<Character>,
    /// The scene that they find themselves in.
    pub scene: Option<String>,
    /// Where they get in.
    pub door: Door,
    /// Where the transcript goes.
    pub entries: mpsc::Sender<NewEntry>,
    /// Models.
    pub registry: Arc<Registry>,
    /// Tokens of talk that a prompt may hold.
    pub memory_tokens: usize,
    /// What models cost, and what a room may.
    pub spending: Spending,
    /// What is done with people's sound before it is heard.
    pub treatment: Treatment,
    /// How tools of characters reach the world.
    pub tools: Reach,
    /// The end-of-turn model; without it pauses are judged by words and silence.
    pub judge: Option<Judge>,
}

/// Plays until `stop`; what is being said then is in the transcript as far as it was heard.
///
/// # Errors
/// When the ears or the prompts can't be had.
pub async fn play(setup: LocalSetup, stop: CancellationToken) -> Result<(), WorkerError> {
    // Nobody else can have it.
    let standing = Standing::new();
    standing.set(Some(i64::MAX));
    let shared = session::Shared {
        home: Home::Console {
            door: setup.door,
            entries: setup.entries,
        },
        metrics: Metrics::new(setup.registry.counts()),
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
        traces: Traces::off(),
    };
    let claim = Claim {
        room_id: "console".to_owned(),
        epoch: 1,
        name: "Console".to_owned(),
        mode: Mode::Freeform,
        scene_prompt: setup.scene,
        ambience: None,
        livekit_url: String::new(),
        livekit_room: String::new(),
        cast: setup.cast.into_iter().map(member).collect(),
        timeline: Vec::new(),
        limits: Limits {
            max_duration_s: DURATION_MAX_S,
            empty_timeout_s: DURATION_MAX_S,
        },
        assignment: None,
        record: false,
        age_ms: 0,
        note: None,
    };
    // Nobody changes a room at a terminal; the channel stays open so that the session does not take it for over.
    let (_unchanged, changes) = mpsc::channel(1);
    let (leaving, leave) = watch::channel(Leave::Stay);
    let place = Place {
        changes,
        leave,
        lost: CancellationToken::new(),
        pad: Pad::default(),
    };
    let playing = session::play(shared, claim, place);
    tokio::pin!(playing);
    tokio::select! {
        _ = &mut playing => {}
        () = stop.cancelled() => {
            leaving.send_replace(Leave::AtOnce);
            playing.await;
        }
    }
    Ok(())
}

fn member(character: Character) -> CastMember {
    CastMember {
        participant_id: String::new(),
        conversation_id: String::new(),
        identity: format!("{AGENT_PREFIX}{}", character.id),
        token: String::new(),
        character,
    }
}
