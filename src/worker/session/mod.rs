//! One room: translates what happens into the core's inputs and its outputs into deeds. It decides nothing.

mod act;
mod assigned;
mod budget;
mod cast;
mod clock;
mod ending;
mod event;
mod guard;
mod home;
mod listening;
mod memory;
mod people;
mod perceive;
mod previewing;
mod reading;
mod realtime;
mod resume;
mod spending;
mod stopwatch;
mod transcribing;
mod turns;
mod watchdog;
mod work;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use time::OffsetDateTime;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};
use troupe_dialogue::{Conversation, Input, Time, Tuning};

use self::assigned::Assigned;
use self::budget::Budget;
use self::cast::Cast;
use self::clock::Clock;
use self::event::Event;
use self::home::Postbox;
pub(super) use self::home::{Home, Office};
use self::memory::Shortening;
use self::people::People;
use self::resume::Resuming;
use self::stopwatch::Stopwatch;
use self::watchdog::{Alarm, Watchdog};
use self::work::Work;
use super::drain::Leave;
use super::metrics::Metrics;
use super::pad::Pad;
use super::recording::Recording;
use super::standing::Standing;
use super::turn::{Place as TurnPlace, Turns};
use crate::brain::history::{Happening, History};
use crate::brain::prompt::Prompter;
use crate::ear::Ears;
use crate::ear::judge::Judge;
use crate::link::Connection;
use crate::protocol::{
    Ambience, Assignment, CastMember, ChangeKind, Claim, Mode, ReleaseReason, SpeakerType,
};
use crate::providers::{Registry, Spending, Usage};
use crate::tools::Reach;
use crate::traces::Traces;
use crate::voice::Ambiences;

/// Events that wait for a session. Full: the newest is dropped with an error; a session that is
/// this far behind has lost its room anyway.
const EVENTS_MAX: usize = 2048;
/// Time to hand in the rest of a recording when the room is over.
const RECORDED_WITHIN: Duration = Duration::from_secs(20);
/// The same when another worker waits for the room.
const RECORDED_WITHIN_HANDOVER: Duration = Duration::from_secs(2);
/// Time to hand in the last entries before the room is let go of; what is left then comes late.
const ENTERED_WITHIN: Duration = Duration::from_secs(5);
/// The same when another worker waits for the room.
const ENTERED_WITHIN_HANDOVER: Duration = Duration::from_secs(1);

/// What all sessions of a worker share.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) home: Home,
    pub(super) metrics: Metrics,
    pub(super) registry: Arc<Registry>,
    pub(super) prompter: Arc<Prompter>,
    pub(super) ears: Ears,
    /// Judges how finished a turn sounds, if there is a model for it.
    pub(super) judge: Option<Judge>,
    pub(super) tuning: Tuning,
    /// Tokens of talk that a prompt may hold.
    pub(super) memory_tokens: usize,
    /// What models cost, and what a room may.
    pub(super) spending: Spending,
    pub(super) tools: Reach,
    pub(super) standing: Standing,
    /// What places sound like.
    pub(super) ambiences: Ambiences,
    pub(super) traces: Traces,
}

/// What a session has of its worker.
pub(super) struct Place {
    /// What the API changed.
    pub(super) changes: mpsc::Receiver<ChangeKind>,
    /// When to leave.
    pub(super) leave: watch::Receiver<Leave>,
    /// Cancelled when the room is somebody else's.
    pub(super) lost: CancellationToken,
    /// What is under way, for the next worker.
    pub(super) pad: Pad,
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// For this reason; the room is to be let go of.
    Over(ReleaseReason),
    /// The room was somebody else's: it was left without a word.
    Lost,
}

/// What is played.
#[derive(Debug, Clone)]
pub(super) struct Scene {
    pub(super) mode: Mode,
    pub(super) scene: Option<String>,
    /// What it sounds like.
    pub(super) ambience: Option<Ambience>,
    pub(super) assignment: Option<Assignment>,
}

/// Hands events to a session from anywhere, without waiting.
#[derive(Clone)]
pub(super) struct Events(mpsc::Sender<(Instant, Event)>);

impl Events {
    fn send(&self, event: Event) {
        if let Err(mpsc::error::TrySendError::Full(_)) = self.0.try_send((Instant::now(), event)) {
            error!("queue an event: the session is too far behind");
        }
    }
}

/// Plays a claimed room until it is over, lost, or to be left; answers why it ended.
pub(super) async fn play(shared: Shared, mut claim: Claim, place: Place) -> Ended {
    let Place {
        mut changes,
        mut leave,
        lost,
        pad,
    } = place;
    let (sender, mut inbox) = mpsc::channel(EVENTS_MAX);
    let mut session = Session::new(shared, &mut claim, Events(sender), pad);
    for member in claim.cast {
        session.join(member);
    }
    let reason = loop {
        session.drain();
        session.note_down();
        session.look_at_the_budget();
        let is_to_leave = match *leave.borrow_and_update() {
            Leave::Stay => false,
            Leave::BetweenTurns => session.conversation.is_between_turns(),
            Leave::AtOnce => true,
        };
        if is_to_leave {
            break ReleaseReason::Draining;
        }
        let wake = session.next_wake();
        let event = tokio::select! {
            () = lost.cancelled() => {
                session.vanish().await;
                return Ended::Lost;
            }
            Ok(()) = leave.changed() => continue,
            change = changes.recv() => match change {
                Some(change) => Event::Change(change),
                None => break ReleaseReason::Draining,
            },
            event = inbox.recv() => match event {
                Some((since, event)) => {
                    if let Some(reason) = session.watchdog.taken(since.elapsed()).and_then(|alarm| session.heed(alarm)) {
                        break reason;
                    }
                    event
                }
                None => break ReleaseReason::Failed,
            },
            () = tokio::time::sleep_until(wake) => {
                session.hand_in(Input::Wake);
                session.look_at_words();
                if let Some(reason) = session.look_at_the_clock().or_else(|| session.look_at_the_speaker()) {
                    break reason;
                }
                continue;
            }
        };
        if let Some(reason) = session.perceive(event) {
            break reason;
        }
    };
    info!(room = claim.room_id, ?reason, "leave the room");
    session.hear_out(&mut inbox).await;
    session.close(reason).await;
    Ended::Over(reason)
}

struct Session {
    shared: Shared,
    room_id: String,
    livekit_url: String,
    scene: Scene,
    events: Events,
    conversation: Conversation,
    cast: Cast,
    /// Characters on their way in.
    joining: usize,
    people: People,
    history: History,
    shortening: Shortening,
    work: Option<Work>,
    /// What the room has asked of providers.
    usage: Usage,
    /// What that costs.
    budget: Budget,
    entries: Postbox,
    pad: Pad,
    resuming: Resuming,
    recording: Option<Recording>,
    began: Instant,
    clock: Clock,
    stopwatch: Stopwatch,
    turns: Turns,
    /// Where and when the turns are.
    place: TurnPlace,
    /// How old the room was when this began, ms.
    age_ms: u64,
    watchdog: Watchdog,
    assigned: Assigned,
    empty_timeout: Duration,
    /// Since when nobody is here, in a room that lives for people.
    empty_since: Option<Instant>,
}

impl Session {
    fn new(shared: Shared, claim: &mut Claim, events: Events, pad: Pad) -> Self {
        let resuming = Resuming::new(claim.note.take());
        let began = Instant::now();
        let mode = match claim.mode {
            Mode::Freeform => troupe_dialogue::Mode::Freeform,
            Mode::Scripted => troupe_dialogue::Mode::Scripted,
        };
        let budget = Budget::new(shared.spending);
        let mut history = History::new(shared.memory_tokens);
        for entry in &claim.timeline {
            let by = match entry.speaker_type {
                SpeakerType::User => entry.speaker_identity.clone(),
                SpeakerType::Agent => entry.character_id.as_ref().map(|id| format!("agent-{id}")),
            };
            let by = by.unwrap_or_default();
            let name = entry.speaker_name.clone().unwrap_or_else(|| by.clone());
            history.push(Happening::Said {
                by,
                name,
                text: entry.content.clone(),
            });
        }
        Self {
            entries: shared.home.postbox(claim, pad.clone()),
            pad,
            resuming,
            recording: shared.home.recording(claim, began.into_std()),
            conversation: Conversation::new(mode, shared.tuning, rand::random()),
            shared,
            room_id: claim.room_id.clone(),
            livekit_url: claim.livekit_url.clone(),
            scene: Scene {
                mode: claim.mode,
                scene: claim.scene_prompt.clone(),
                ambience: claim.ambience,
                assignment: claim.assignment.clone(),
            },
            events,
            cast: Cast::default(),
            joining: 0,
            people: People::default(),
            history,
            shortening: Shortening::default(),
            work: None,
            usage: Usage::default(),
            budget,
            began,
            clock: assigned::clock_of(claim),
            stopwatch: Stopwatch::default(),
            turns: Turns::default(),
            place: TurnPlace {
                room_id: claim.room_id.clone(),
                began: SystemTime::from(OffsetDateTime::now_utc()),
            },
            age_ms: claim.age_ms,
            watchdog: Watchdog::default(),
            assigned: Assigned::new(claim),
            empty_timeout: Duration::from_secs(claim.limits.empty_timeout_s),
            empty_since: Some(began),
        }
    }

    /// Brings a character in, in the background.
    fn join(&mut self, member: CastMember) {
        self.joining += 1;
        let (events, url, home) = (
            self.events.clone(),
            self.livekit_url.clone(),
            self.shared.home.clone(),
        );
        let registry = self.shared.registry.clone();
        let models = member.character.models.clone();
        let metrics = self.shared.metrics.clone();
        // What the character needs is loaded while it joins, not when it is first spoken to.
        self.events
            .guard("prepare models", async move {
                let _ = tokio::join!(
                    registry.speech_to_text(models.stt.as_deref()),
                    registry.language_model(models.llm.as_deref()),
                    registry.text_to_speech(models.tts.as_deref()),
                );
            })
            .detach();
        self.events
            .guard("join a character", async move {
                let character: troupe_dialogue::CharacterId = member.character.id.as_str().into();
                let seen = {
                    let events = events.clone();
                    move |seen| {
                        events.send(Event::Seen {
                            character: character.clone(),
                            seen,
                        })
                    }
                };
                let asked = Instant::now();
                let result = home.join(&url, &member, seen).await;
                if result.is_ok() {
                    metrics.joined(asked.elapsed());
                }
                events.send(Event::Joined {
                    member: Box::new(member),
                    result,
                });
            })
            .detach();
    }

    fn now(&self) -> Time {
        Time::after_start(self.began.elapsed())
    }

    fn hand_in(&mut self, input: Input) {
        let now = self.now();
        self.conversation.handle_input(now, input);
    }

    fn drain(&mut self) {
        while let Some(output) = self.conversation.poll_output() {
            self.act(output);
        }
    }

    fn next_wake(&self) -> Instant {
        let empty = self.empty_since.map(|since| since + self.empty_timeout);
        let clock = self.began + self.clock.next();
        let look = self.watchdog.next_look().map(|at| self.began + at);
        let preview = self.next_preview().map(|at| self.began + at);
        let budget = self.budget.next().map(|at| self.began + at);
        [empty, look, preview, budget, self.conversation_wake()]
            .into_iter()
            .flatten()
            .fold(clock, Instant::min)
    }

    /// When the conversation wants to be woken, if it does.
    fn conversation_wake(&self) -> Option<Instant> {
        let (time, _) = self.conversation.poll_timeout()?;
        Some(self.began + time.since_start())
    }

    /// Looks whether whoever speaks is heard; answers why the room is to be left, if it is.
    fn look_at_the_speaker(&mut self) -> Option<ReleaseReason> {
        let now = self.began.elapsed();
        self.watchdog.next_look().filter(|at| *at <= now)?;
        let speaker = self.work.as_ref().and_then(|work| self.cast.get(&work.character));
        let frames = speaker.map_or(0, |actor| actor.sent.frames());
        let alarm = self.watchdog.look(now, frames)?;
        self.heed(alarm)
    }

    /// Does something about an alarm; answers why the room is to be left, if it is.
    fn heed(&mut self, alarm: Alarm) -> Option<ReleaseReason> {
        self.shared.metrics.alarm(alarm.word());
        match alarm {
            Alarm::Silent(speech) => {
                warn!(room = self.room_id, "a character speaks and is not heard: cut it");
                self.hand_in(Input::PlayoutStuck { speech });
                None
            }
            Alarm::Mute => {
                error!(
                    room = self.room_id,
                    "a character is not heard any more: let the room go"
                );
                Some(ReleaseReason::Failed)
            }
            Alarm::Behind => {
                error!(
                    room = self.room_id,
                    "events wait for too long: hand the room over"
                );
                Some(ReleaseReason::Draining)
            }
        }
    }

    fn is_empty_for_too_long(&self) -> Option<ReleaseReason> {
        let now = Instant::now();
        let is_empty = self
            .empty_since
            .is_some_and(|since| now >= since + self.empty_timeout);
        (is_empty && self.scene.mode == Mode::Freeform).then_some(ReleaseReason::Empty)
    }

    async fn close(mut self, reason: ReleaseReason) {
        self.work = None;
        self.people = People::default();
        self.settle();
        let leaving = self.cast.take_all().into_iter().map(|actor| actor.connection);
        match reason {
            // Somebody else enters under the same names.
            ReleaseReason::Draining | ReleaseReason::Failed => {
                futures::future::join_all(leaving.map(Connection::leave)).await;
            }
            // The API closes the room, now or when it is let go of, which nothing here waits for.
            ReleaseReason::Ended | ReleaseReason::Empty | ReleaseReason::MaxDuration => {
                tokio::spawn(futures::future::join_all(leaving.map(Connection::leave_last)));
            }
        }
        let within = match reason {
            ReleaseReason::Draining | ReleaseReason::Failed => RECORDED_WITHIN_HANDOVER,
            ReleaseReason::Ended | ReleaseReason::Empty | ReleaseReason::MaxDuration => RECORDED_WITHIN,
        };
        let recorded = async {
            if let Some(recording) = self.recording {
                recording.finish(within).await;
            }
        };
        let entered = match reason {
            ReleaseReason::Draining | ReleaseReason::Failed => ENTERED_WITHIN_HANDOVER,
            ReleaseReason::Ended | ReleaseReason::Empty | ReleaseReason::MaxDuration => ENTERED_WITHIN,
        };
        tokio::join!(self.entries.finish(entered), recorded);
    }

    /// Leaves without a word: nothing more is said, and nothing of what is being said is written.
    async fn vanish(mut self) {
        self.work = None;
        self.people = People::default();
        self.entries.abandon();
        let leaving = self
            .cast
            .take_all()
            .into_iter()
            .map(|actor| actor.connection.leave());
        futures::future::join_all(leaving).await;
        if let Some(recording) = self.recording {
            recording.finish(Duration::ZERO).await;
        }
    }

    fn warn_lost(&self, reason: &str) {
        warn!(room = self.room_id, reason, "a character's connection is lost");
    }
}
