//! One room from create to end, with a caller in it.

use std::time::Duration;

use super::rig::Site;
use crate::cli::{Failure, Output};
use crate::evaluation::caller::{Caller, Patience, RoomRun, Turn, Utterance};

/// Time between the caller's joining and the start of the room, as in the other callers.
const SETTLE: Duration = Duration::from_millis(500);
/// Time between the character's track and the first turn, as in the other callers.
const WARM: Duration = Duration::from_millis(1500);
/// Silence before each turn where many talk at once, s: people think.
const GAP_S: f64 = 3.0;
/// Longest wait for a character, s.
const JOIN_MAX_S: f64 = 30.0;

/// What is done in a room.
#[derive(Debug, Clone, Copy)]
pub(super) enum Plan {
    /// The character comes, and that is all.
    Join,
    /// So many turns.
    Talk(usize),
    /// So many interruptions.
    Barge(usize),
    /// Turns until so many seconds are over.
    TalkFor(f64),
}

/// What is said, and how long is waited.
#[derive(Clone, Copy)]
pub(super) struct Manner<'a> {
    pub(super) utterances: &'a [Utterance],
    pub(super) patience: Patience,
    /// Where each turn is told.
    pub(super) output: Option<Output>,
}

impl<'a> Manner<'a> {
    /// Of one caller among many: nobody cuts in, and no turn is told.
    pub(super) fn among_many(utterances: &'a [Utterance], reply_s: f64) -> Self {
        Self {
            utterances,
            patience: Patience {
                gap_s: GAP_S,
                reply_s,
                barge_after_s: 0.0,
            },
            output: None,
        }
    }
}

impl Site {
    /// Makes a room, does what is planned in it, and ends it; what fails is told in the answer.
    pub(super) async fn call(&self, number: u64, plan: Plan, manner: Manner<'_>) -> RoomRun {
        let mut run = RoomRun {
            room: format!("bench-{}-{number}", std::process::id()),
            ..RoomRun::default()
        };
        match self.rooms.create(&run.room).await {
            Ok(id) => {
                if let Err(failure) = self.call_in(&id, number, plan, manner, &mut run).await {
                    run.error = Some(failure.to_string());
                }
                // Another server may not tell; then there is nothing to show. Among many rooms nobody looks at it.
                if matches!(plan, Plan::Talk(_)) && manner.output.is_some() {
                    run.stages = self.rooms.turns(&id).await.unwrap_or_default();
                }
                if let Err(failure) = self.rooms.end(&id).await {
                    tracing::warn!(%failure, "end a room");
                }
            }
            Err(failure) => run.error = Some(failure.to_string()),
        }
        run.joined();
        run
    }

    async fn call_in(
        &self,
        id: &str,
        number: u64,
        plan: Plan,
        manner: Manner<'_>,
        run: &mut RoomRun,
    ) -> Result<(), Failure> {
        self.rooms.add(id, &self.character).await?;
        let identity = format!("caller-{number}");
        let join = self.rooms.token(id, &identity, "Caller").await?;
        let url = self.livekit.as_deref().unwrap_or(&join.url);
        let caller = Caller::join(url, &join.token, self.clock, number)
            .await
            .map_err(Failure::failed)?;
        let talked = self.talk(&caller, id, plan, manner, run).await;
        run.events = caller.events();
        run.mic_late_ms = caller.late_ms();
        caller.leave().await;
        talked
    }

    async fn talk(
        &self,
        caller: &Caller,
        id: &str,
        plan: Plan,
        manner: Manner<'_>,
        run: &mut RoomRun,
    ) -> Result<(), Failure> {
        tokio::time::sleep(SETTLE).await;
        caller.mark("dispatch");
        self.rooms.start(id).await?;
        let is_heard = |caller: &Caller| caller.has_happened("track_subscribed");
        if !caller.wait(JOIN_MAX_S, is_heard).await {
            return Err(Failure::failed("the character never came"));
        }
        if matches!(plan, Plan::Join) {
            return Ok(());
        }
        tokio::time::sleep(WARM).await;
        let began_s = self.clock.now_s();
        let is_over = |turns: usize| match plan {
            Plan::Join => true,
            Plan::Talk(count) | Plan::Barge(count) => turns >= count,
            Plan::TalkFor(seconds) => self.clock.now_s() - began_s >= seconds,
        };
        for utterance in manner.utterances.iter().cycle() {
            let number = run.turns.len();
            if is_over(number) {
                break;
            }
            let turn = match plan {
                Plan::Barge(_) => {
                    caller
                        .barge(number, utterance, manner.patience, &self.control)
                        .await
                }
                _ => caller.turn(number, utterance, manner.patience).await,
            };
            let turn = turn.map_err(Failure::failed)?;
            if let (Plan::Talk(count) | Plan::Barge(count), Some(output)) = (plan, manner.output) {
                output.progress(format_args!("{}/{count}  {}", number + 1, told(&turn)));
            }
            run.turns.push(turn);
        }
        Ok(())
    }
}

/// A turn as people read it.
fn told(turn: &Turn) -> String {
    let reply = match turn.latency_ms {
        Some(ms) if ms < 0.0 => format!("a reply {:.0} ms before the end of speech", -ms),
        Some(ms) => format!("first audio after {ms:.0} ms"),
        None => "no reply".to_owned(),
    };
    match (turn.talking, turn.stop_ms) {
        (Some(false), _) => format!("had ended before it was cut; {reply}"),
        (_, Some(ms)) => format!("cut after {ms:.0} ms, {reply}"),
        _ => reply,
    }
}
