//! Keeps what is held: heartbeats out, changes in.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use super::Worker;
use crate::backoff::Backoff;
use crate::protocol::{ChangesRequest, HeartbeatRequest};

/// Time between heartbeats.
const EVERY: Duration = Duration::from_secs(2);
/// Time without a heartbeat after which the worker leaves its rooms: before the lease of 8 s is over.
const GIVE_UP_AFTER: Duration = Duration::from_secs(6);
/// How long one call waits for changes.
const WAIT_MS: u64 = 20_000;

/// Sends heartbeats for as long as it runs.
pub(super) async fn heartbeat(worker: Arc<Worker>, shutdown: CancellationToken) {
    let mut last = Instant::now();
    loop {
        let rooms = worker.rooms.held();
        if rooms.is_empty() {
            last = Instant::now();
        } else {
            let request = HeartbeatRequest {
                worker_id: worker.id.clone(),
                rooms,
                draining: shutdown.is_cancelled(),
            };
            let asked = Instant::now();
            match tokio::time::timeout(EVERY, worker.client.heartbeat(&request)).await {
                Ok(Ok(answer)) => {
                    // Counted from the question: the lease began before the answer came.
                    last = asked;
                    for room in answer.lost {
                        warn!(room, "a room is held by another worker");
                        worker.rooms.lose(&room);
                    }
                }
                Ok(Err(error)) => {
                    worker.metrics.heartbeats_failed.inc();
                    warn!(%error, "send a heartbeat");
                }
                Err(_) => {
                    worker.metrics.heartbeats_failed.inc();
                    warn!("send a heartbeat: no answer within {EVERY:?}");
                }
            }
            if last.elapsed() >= GIVE_UP_AFTER {
                error!("no heartbeat for {GIVE_UP_AFTER:?}: leave all rooms");
                worker.rooms.lose_all();
            }
        }
        tokio::time::sleep(EVERY).await;
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
