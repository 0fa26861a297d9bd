//! Keeps what is held: heartbeats out, changes in. What the answers mean is decided by `troupe-lease`.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tracing::{error, warn};
use troupe_lease::{Held, Input, Keeper, Output};

use super::{Worker, claims};
use crate::backoff::Backoff;
use crate::protocol::{self, ChangesRequest, HeartbeatRequest};

/// Inputs that wait for the keeper, which never waits itself. Full: whoever has one waits.
pub(super) const INPUTS_MAX: usize = 1_024;
/// Time in which a heartbeat is answered, or counts as lost.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);
/// Longest sleep: timers stand still while the machine sleeps, the boot clock does not.
const SLEEP_MAX_MS: i64 = 500;
/// How long one call waits for changes.
const WAIT_MS: u64 = 20_000;

/// Keeps rooms for as long as it runs.
pub(super) async fn keep(worker: Arc<Worker>, mut inbox: mpsc::Receiver<Input>) {
    let mut keeper = Keeper::new();
    let mut beats = JoinSet::new();
    let standing = worker.standing().clone();
    loop {
        let sleep_ms = keeper.poll_timeout().map_or(SLEEP_MAX_MS, |at| {
            at.saturating_sub(standing.now_ms()).clamp(0, SLEEP_MAX_MS)
        });
        let input = tokio::select! {
            input = inbox.recv() => match input {
                Some(input) => input,
                None => return,
            },
            Some(answer) = beats.join_next(), if !beats.is_empty() => match answer {
                Ok(input) => input,
                Err(error) => {
                    error!(%error, "send a heartbeat: its task failed");
                    Input::Wake
                }
            },
            () = tokio::time::sleep(Duration::from_millis(sleep_ms.unsigned_abs())) => Input::Wake,
        };
        keeper.handle_input(standing.now_ms(), input);
        standing.set(keeper.stands_until_ms());
        while let Some(output) = keeper.poll_output() {
            match output {
                Output::Beat {
                    beat,
                    rooms,
                    draining,
                } => {
                    beats.spawn(send(worker.clone(), beat, rooms, draining));
                }
                Output::Enter(held) => match worker.rooms.proven(&held) {
                    Some(claim) => claims::start(&worker, claim),
                    None => error!(room = held.room_id, "enter a room: its claim is gone"),
                },
                Output::Leave(held) => {
                    warn!(
                        room = held.room_id,
                        epoch = held.epoch,
                        "a room is no longer this worker's"
                    );
                    worker.rooms.lose(&held);
                }
            }
        }
    }
}

async fn send(worker: Arc<Worker>, beat: u64, rooms: Vec<Held>, draining: bool) -> Input {
    let leaving = worker.rooms.notes(&rooms);
    let request = HeartbeatRequest {
        worker_id: worker.id.clone(),
        rooms: rooms.into_iter().map(named).collect(),
        draining,
        beat: Some(beat),
        notes: leaving.iter().map(|leaving| leaving.note.clone()).collect(),
    };
    match tokio::time::timeout(ANSWER_WITHIN, worker.client.heartbeat(&request)).await {
        Ok(Ok(answer)) => {
            for note in &leaving {
                note.arrived();
            }
            Input::Answered {
                beat,
                lost: answer.lost,
            }
        }
        Ok(Err(error)) => {
            worker.metrics.heartbeats_failed.inc();
            warn!(%error, "send a heartbeat");
            Input::Unanswered { beat }
        }
        Err(_) => {
            worker.metrics.heartbeats_failed.inc();
            warn!("send a heartbeat: no answer within {ANSWER_WITHIN:?}");
            Input::Unanswered { beat }
        }
    }
}

fn named(held: Held) -> protocol::Held {
    protocol::Held {
        room_id: held.room_id,
        epoch: held.epoch,
    }
}

/// Hands changes to their rooms for as long as it runs.
pub(super) async fn changes(worker: Arc<Worker>) {
    let mut cursor = 0;
    let mut backoff = Backoff::default();
    loop {
        let request = ChangesRequest {
            worker_id: worker.id.clone(),
            cursor,
            wait_ms: WAIT_MS,
        };
        match worker.client.changes(&request).await {
            Ok(answer) => {
                backoff.reset();
                cursor = answer.cursor;
                for change in answer.changes {
                    worker.rooms.change(&change.room_id, change.kind);
                }
            }
            Err(error) => {
                if error.is_transient() {
                    warn!(%error, "ask for changes, will try again");
                }
                tokio::time::sleep(backoff.next(rand::random())).await;
            }
        }
    }
}
