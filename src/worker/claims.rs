//! Takes rooms and plays them.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::client::ApiError;
use super::{Worker, WorkerError, session};
use crate::backoff::Backoff;
use crate::protocol::{Claim, ClaimRequest, ReleaseReason, ReleaseRequest};

/// How long one call waits for a room.
const WAIT_MS: u64 = 20_000;
/// How long a full worker waits before it looks for space again.
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
    let mut request_id = new_request_id();
    loop {
        let held = u32::try_from(worker.rooms.len()).unwrap_or(u32::MAX);
        let capacity = worker.rooms_max.saturating_sub(held);
        if capacity == 0 {
            tokio::select! {
                () = shutdown.cancelled() => return Ok(()),
                () = tokio::time::sleep(FULL) => continue,
            }
        }
        // The first call does not wait: its answer shows that the API takes this worker.
        let wait_ms = if ready.is_some() { 0 } else { WAIT_MS };
        let request = ClaimRequest {
            worker_id: worker.id.clone(),
            request_id: request_id.clone(),
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
                request_id = new_request_id();
                worker.readiness.set(true);
                if let Some(ready) = ready.take() {
                    ready();
                }
                for claim in answer.claims {
                    start(worker, claim, shutdown.clone());
                }
            }
            Err(error) if error.is_transient() => {
                worker.readiness.set(false);
                warn!(%error, "claim rooms, will try again");
                // The same request id: if only the answer was lost, it is given again.
                tokio::select! {
                    () = shutdown.cancelled() => return Ok(()),
                    () = tokio::time::sleep(backoff.next(rand::random())) => {}
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn start(worker: &Arc<Worker>, claim: Claim, shutdown: CancellationToken) {
    info!(
        room = claim.room_id,
        epoch = claim.epoch,
        characters = claim.cast.len(),
        "claimed a room"
    );
    let lost = CancellationToken::new();
    let changes = worker.rooms.add(&claim.room_id, claim.epoch, lost.clone());
    worker.metrics.claimed.inc();
    worker.metrics.rooms(worker.rooms.len(), worker.rooms_max);
    let worker = worker.clone();
    let sessions = worker.sessions.clone();
    sessions.spawn(async move {
        let (room_id, epoch) = (claim.room_id.clone(), claim.epoch);
        let stop = CancellationToken::new();
        // A panic in one room ends that room alone.
        let mut playing = tokio::spawn(session::play(worker.shared.clone(), claim, changes, stop.clone()));
        let reason = tokio::select! {
            ended = &mut playing => ended,
            () = lost.cancelled() => {
                stop.cancel();
                playing.await
            }
            () = shutdown.cancelled() => {
                stop.cancel();
                playing.await
            }
        };
        worker.rooms.remove(&room_id, epoch);
        worker.metrics.rooms(worker.rooms.len(), worker.rooms_max);
        let (reason, detail) = match reason {
            Ok(reason) => (reason, None),
            Err(error) => {
                error!(room = room_id, "play a room: its task failed");
                (
                    ReleaseReason::Failed,
                    Some(if error.is_panic() { "panic" } else { "cancelled" }.to_owned()),
                )
            }
        };
        if lost.is_cancelled() {
            worker.metrics.lost.inc();
        } else {
            worker.metrics.released(reason);
            release(&worker, &room_id, epoch, reason, detail).await;
        }
    });
}

async fn release(worker: &Worker, room_id: &str, epoch: u64, reason: ReleaseReason, detail: Option<String>) {
    let request = ReleaseRequest {
        worker_id: worker.id.clone(),
        epoch,
        reason,
        detail,
    };
    let mut backoff = Backoff::default();
    for _ in 0..RELEASE_TRIES {
        match worker.client.release(room_id, &request).await {
            Ok(()) | Err(ApiError::Stale) => return,
            Err(error) if error.is_transient() => {
                warn!(room = room_id, %error, "release a room, will try again");
                tokio::time::sleep(backoff.next(rand::random())).await;
            }
            Err(error) => {
                error!(room = room_id, %error, "release a room");
                return;
            }
        }
    }
}

fn new_request_id() -> String {
    format!("req_{:032x}", rand::random::<u128>())
}
