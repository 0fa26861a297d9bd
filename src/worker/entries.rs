//! Hands in what was said, in order, until the API has acknowledged it.

use tokio::sync::mpsc;
use tracing::{error, warn};

use super::client::{ApiError, Client};
use crate::backoff::Backoff;
use crate::protocol::{EntriesRequest, NewEntry};

/// Entries that wait for the API. Full: the newest is refused and counted as lost in the log; at a
/// line every two seconds this is more than half an hour without an API.
const WAITING_MAX: usize = 1024;
/// Entries in one request.
const BATCH_MAX: usize = 50;

/// Where a session's entries go.
pub(super) struct Entries {
    sender: mpsc::Sender<NewEntry>,
    sequence: u64,
    task: tokio::task::JoinHandle<()>,
}

impl Entries {
    /// Starts to hand in entries of one room under one epoch.
    pub(super) fn start(client: Client, worker_id: String, room_id: String, epoch: u64) -> Self {
        let (sender, inbox) = mpsc::channel(WAITING_MAX);
        let task = tokio::spawn(run(client, worker_id, room_id, epoch, inbox));
        Self {
            sender,
            sequence: 0,
            task,
        }
    }

    /// Numbers an entry and queues it.
    pub(super) fn post(&mut self, mut entry: NewEntry) {
        self.sequence += 1;
        entry.sequence = self.sequence;
        if self.sender.try_send(entry).is_err() {
            error!(
                sequence = self.sequence,
                "queue an entry: the queue is full or the room was lost"
            );
        }
    }

    /// Waits until everything was acknowledged or refused.
    pub(super) async fn finish(self) {
        drop(self.sender);
        if self.task.await.is_err() {
            error!("hand in entries: the task failed");
        }
    }
}

async fn run(
    client: Client,
    worker_id: String,
    room_id: String,
    epoch: u64,
    mut inbox: mpsc::Receiver<NewEntry>,
) {
    let mut entries = Vec::new();
    let mut backoff = Backoff::default();
    loop {
        if inbox.recv_many(&mut entries, BATCH_MAX).await == 0 {
            return;
        }
        loop {
            let request = EntriesRequest {
                worker_id: worker_id.clone(),
                epoch,
                entries: entries.clone(),
            };
            match client.entries(&room_id, &request).await {
                Ok(answer) => {
                    backoff.reset();
                    entries.retain(|entry| entry.sequence > answer.acknowledged);
                    if entries.is_empty() {
                        break;
                    }
                }
                Err(error) if error.is_transient() => {
                    warn!(room = room_id, %error, waiting = entries.len(), "hand in entries, will try again");
                    tokio::time::sleep(backoff.next(rand::random())).await;
                }
                Err(ApiError::Stale) => {
                    warn!(
                        room = room_id,
                        "hand in entries: the room is held by another worker"
                    );
                    return;
                }
                Err(error) => {
                    error!(room = room_id, %error, lost = entries.len(), "hand in entries");
                    entries.clear();
                    break;
                }
            }
        }
    }
}
