//! What a process that died on this machine left: its entries are handed in, and its rooms are let go of.
//!
//! The lock on its folder is the proof that it is dead, so nobody has to wait for its lease to run out.

use std::path::PathBuf;

use tracing::{error, info, warn};

use super::BATCH_MAX;
use super::spool::{Left, LeftFolder, left_behind};
use crate::backoff::Backoff;
use crate::protocol::{EntriesRequest, ReleaseReason, ReleaseRequest};
use crate::worker::client::{ApiError, Client};

/// Why the release says that the room failed.
const DETAIL: &str = "the worker's process died";

/// Hands in what dead processes left in `parent` for the API at `api_url`.
pub(in crate::worker) async fn hand_in_left_behind(client: Client, parent: PathBuf, api_url: String) {
    let looking = tokio::task::spawn_blocking(move || left_behind(&parent, &api_url));
    let Ok(folders) = looking.await else {
        error!("look for entries of former processes: the task failed");
        return;
    };
    for folder in folders {
        let LeftFolder {
            worker_id, claims, ..
        } = &folder;
        for claim in claims {
            info!(
                room = claim.room_id,
                epoch = claim.epoch,
                entries = claim.entries.len(),
                "hand in what a former process left"
            );
            entries(&client, worker_id, claim).await;
            release(&client, worker_id, claim).await;
            if let Err(error) = std::fs::remove_file(&claim.path) {
                warn!(%error, "remove a file of entries");
            }
        }
        folder.remove_if_empty();
    }
}

async fn entries(client: &Client, worker_id: &str, claim: &Left) {
    let mut backoff = Backoff::default();
    for batch in claim.entries.chunks(BATCH_MAX) {
        let request = EntriesRequest {
            worker_id: worker_id.to_owned(),
            epoch: claim.epoch,
            entries: batch.to_vec(),
            late: true,
            note: None,
        };
        loop {
            match client.entries(&claim.room_id, &request).await {
                Ok(_) => break,
                Err(error) if error.is_transient() => {
                    warn!(room = claim.room_id, %error, "hand in entries that were left, will try again");
                    tokio::time::sleep(backoff.next(rand::random())).await;
                }
                Err(error) => {
                    warn!(room = claim.room_id, %error, "hand in entries that were left: they are refused");
                    return;
                }
            }
        }
    }
}

async fn release(client: &Client, worker_id: &str, claim: &Left) {
    let request = ReleaseRequest {
        worker_id: worker_id.to_owned(),
        epoch: claim.epoch,
        reason: ReleaseReason::Failed,
        detail: Some(DETAIL.to_owned()),
        note: None,
    };
    let mut backoff = Backoff::default();
    loop {
        match client.release(&claim.room_id, &request).await {
            // Stale: somebody took it over before.
            Ok(()) | Err(ApiError::Stale) => return,
            Err(error) if error.is_transient() => tokio::time::sleep(backoff.next(rand::random())).await,
            Err(error) => {
                warn!(room = claim.room_id, %error, "release a room of a former process");
                return;
            }
        }
    }
}
