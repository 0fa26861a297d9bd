//! Takes rooms and plays them.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};
use troupe_lease::{Held, Input, Requests};

use super::client::ApiError;
use super::held::Place;
use super::session::Ended;
use super::{Worker, WorkerError, session};
use crate::backoff::Backoff;
use crate::protocol::{Claim, ClaimRequest, Note, ReleaseReason, ReleaseRequest};

/// How long one call waits for a room.
const WAIT_MS: u64 = 20_000;
/// How long a worker that is full, or short of memory or models, waits before it looks again.
const FULL: Duration = Duration::from_millis(500);
/// Tries to hand a room back; afterwards its lease runs out by itself.
const RELEASE_TRIES: u32 = 5;

/// Takes rooms until `shutdown`.
pub(super) async fn run(
    worker: &Arc<Worker>,
    ready: impl FnOnce() + Send,
    shutdown: &CancellationToken,
) -> Result<(), WorkerError> {
    let mut ready = Some(ready);
    let mut backoff = Backoff::default();
    let mut requests = Requests::new(rand::random());
    loop {
        let held = u32::try_from(worker.rooms.len()).unwrap_or(u32::MAX);
        let capacity = worker.rooms_max.saturating_sub(held);
        if capacity == 0 || worker.readiness.is_short() {
            tokio::select! {
                () = shutdown.cancelled() => return Ok(()),
                () = tokio::time::sleep(FULL) => continue,
            }
        }
        // The first call does not wait: its answer shows that the API takes this worker.
        let wait_ms = if ready.is_some() { 0 } else { WAIT_MS };
        let request = ClaimRequest {
            worker_id: worker.id.clone(),
            request_id: format!("req_{:032x}", requests.current()),
            capacity,
            wait_ms,
        };
        let answer = tokio::select! {
            () = shutdown.cancelled() => return Ok(()),
            answer = worker.client.claim(&request) => answer,
        };
        match answer {
            Ok(answer) => {
                backoff.reset();
                requests.answered(rand::random());
                worker.readiness.set(true);
                if let Some(ready) = ready.take() {
                    ready();
                }
                if answer.claims.is_empty() {
                    continue;
                }
                let taken = answer.claims.iter().map(|claim| Held {
                    room_id: claim.room_id.clone(),
                    epoch: claim.epoch,
                });
                let taken = Input::Claimed(taken.collect());
                for claim in answer.claims {
                    worker.rooms.claimed(claim);
                }
                worker.tell_keeper(taken).await;
            }
            // What can't be read is a wrong address at first; later it is a proxy's page or a version's mistake, for which
            // the rooms that are played must not pay.
            Err(error) if error.is_transient() || (ready.is_none() && error.is_unreadable()) => {
                worker.readiness.set(false);
                warn!(%error, "claim rooms, will try again");
                // The same request id: if only the answer was lost, it is given again.
                requests.unanswered(rand::random());
                tokio::select! {
                    () = shutdown.cancelled() => return Ok(()),
                    () = tokio::time::sleep(backoff.next(rand::random())) => {}
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Plays a room that is the worker's, until it is over or somebody else's.
pub(super) fn start(worker: &Arc<Worker>, claim: Claim) {
    info!(
        room = claim.room_id,
        epoch = claim.epoch,
        characters = claim.cast.len(),
        "claimed a room"
    );
    let held = Held {
        room_id: claim.room_id.clone(),
        epoch: claim.epoch,
    };
    let Place { changes, lost, pad } = worker.rooms.play(&held.room_id, held.epoch);
    pad.hurries(worker.keeper.clone());
    worker.metrics.claimed.inc();
    worker.metrics.rooms(worker.rooms.len(), worker.rooms_max);
    let worker = worker.clone();
    let sessions = worker.sessions.clone();
    sessions.spawn(async move {
        let leave = worker.leave.subscribe();
        let place = session::Place {
            changes,
            leave,
            lost: lost.clone(),
            pad: pad.clone(),
        };
        // A panic in one room ends that room alone.
        let ended = tokio::spawn(session::play(worker.shared.clone(), claim, place)).await;
        let (reason, detail) = match ended {
            Ok(Ended::Over(reason)) => (Some(reason), None),
            Ok(Ended::Lost) => (None, None),
            Err(error) => {
                error!(room = held.room_id, "play a room: its task failed");
                let detail = if error.is_panic() { "panic" } else { "cancelled" };
                (Some(ReleaseReason::Failed), Some(detail.to_owned()))
            }
        };
        // While it is handed back it is still named in heartbeats, and nobody else takes it half done.
        if let (Some(reason), false) = (reason, lost.is_cancelled()) {
            worker.metrics.released(reason);
            release(&worker, &held, reason, detail, pad.read()).await;
        } else {
            worker.metrics.lost.inc();
        }
        worker.rooms.remove(&held.room_id, held.epoch);
        worker.metrics.rooms(worker.rooms.len(), worker.rooms_max);
        worker.tell_keeper(Input::Closed(held)).await;
    });
}

async fn release(worker: &Worker, held: &Held, reason: ReleaseReason, detail: Option<String>, note: Note) {
    let request = ReleaseRequest {
        worker_id: worker.id.clone(),
        epoch: held.epoch,
        reason,
        detail,
        note: matches!(reason, ReleaseReason::Draining | ReleaseReason::Failed).then_some(note),
    };
    let mut backoff = Backoff::default();
    for _ in 0..RELEASE_TRIES {
        match worker.client.release(&held.room_id, &request).await {
            Ok(()) | Err(ApiError::Stale) => return,
            Err(error) if error.is_transient() => {
                warn!(room = held.room_id, %error, "release a room, will try again");
                tokio::time::sleep(backoff.next(rand::random())).await;
            }
            Err(error) => {
                error!(room = held.room_id, %error, "release a room");
                return;
            }
        }
    }
}
