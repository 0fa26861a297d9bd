//! Takes what a tape gives out to the API: segments in order, each until it is taken or refused.

use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tracing::{error, warn};

use super::backlog::{Backlog, File, Waiting};
use super::spool::RoomSpool;
use crate::backoff::Backoff;
use crate::protocol::{RecordingFault, RecordingRequest, SegmentQuery};
use crate::recorder::Taped;
use crate::worker::client::{ApiError, Client};

/// The room is somebody else's: nothing of it may be handed in any more.
struct Stale;

/// One room's courier.
pub(super) struct Courier {
    client: Client,
    worker_id: String,
    room_id: String,
    epoch: u64,
    spool: RoomSpool,
    backlog: Backlog,
    backoff: Backoff,
}

impl Courier {
    pub(super) fn new(client: Client, worker_id: &str, room_id: &str, epoch: u64, spool: RoomSpool) -> Self {
        Self {
            client,
            worker_id: worker_id.to_owned(),
            room_id: room_id.to_owned(),
            epoch,
            spool,
            backlog: Backlog::default(),
            backoff: Backoff::default(),
        }
    }

    /// Works until the tape is over and everything was handed in.
    pub(super) async fn run(mut self, mut taped: mpsc::Receiver<Taped>) {
        let mut is_over = false;
        loop {
            // What the tape gives out goes to disk first, whatever the API does.
            while let Ok(one) = taped.try_recv() {
                self.take(one).await;
            }
            let pause = match self.hand_in().await {
                Ok(pause) => pause,
                Err(Stale) => {
                    warn!(
                        room = self.room_id,
                        "hand in a recording: the room is held by another worker"
                    );
                    return;
                }
            };
            let is_done = pause.is_none();
            if is_done && is_over {
                break;
            }
            tokio::select! {
                one = taped.recv(), if !is_over => match one {
                    Some(one) => self.take(one).await,
                    None => is_over = true,
                },
                () = tokio::time::sleep(pause.unwrap_or_default()), if !is_done => {}
            }
        }
        self.finish().await;
    }

    async fn take(&mut self, taped: Taped) {
        match taped {
            Taped::Track { track, info } => self.backlog.begin(track, info),
            Taped::Ended(end) => self.backlog.end(&end),
            Taped::Segment(segment) => {
                let name = format!("{}-{}.opus", segment.track, segment.sequence);
                let kept = self.spool.keep(&name, segment.file.clone()).await;
                self.backlog.push(segment, kept);
            }
        }
    }

    /// Hands in one thing that waits; answers how long to wait before the next, `None` when nothing waits.
    async fn hand_in(&mut self) -> Result<Option<Duration>, Stale> {
        let told = match self.backlog.news() {
            Some(tracks) => {
                let request = RecordingRequest {
                    worker_id: self.worker_id.clone(),
                    epoch: self.epoch,
                    tracks,
                    finished: false,
                };
                self.client.recording(&self.room_id, &request).await
            }
            None => {
                let Some(segment) = self.backlog.first() else {
                    return Ok(None);
                };
                let (track, answer) = (segment.track, self.send(segment).await);
                return self.put(track, answer);
            }
        };
        match told {
            Ok(()) => {
                self.backoff.reset();
                Ok(Some(Duration::ZERO))
            }
            Err(ApiError::Stale) => Err(Stale),
            Err(error) if error.is_transient() => {
                warn!(room = self.room_id, %error, "tell of a recording, will try again");
                self.backlog.tell_again();
                Ok(Some(self.backoff.next(rand::random())))
            }
            Err(error) => {
                // Segments will be refused as well and say so.
                error!(room = self.room_id, %error, "tell of a recording");
                Ok(Some(Duration::ZERO))
            }
        }
    }

    /// What the API's answer to a segment means.
    fn put(&mut self, track: u32, answer: Result<(), ApiError>) -> Result<Option<Duration>, Stale> {
        match answer {
            Ok(()) => {
                self.backoff.reset();
                self.backlog.done();
                Ok(Some(Duration::ZERO))
            }
            Err(ApiError::Stale) => Err(Stale),
            Err(error) if error.is_transient() => {
                warn!(room = self.room_id, %error, "hand in a segment, will try again");
                Ok(Some(self.backoff.next(rand::random())))
            }
            Err(error) => {
                error!(room = self.room_id, %error, "hand in a segment; it is lost");
                self.backlog.fail(track, RecordingFault::UploadFailed);
                self.backlog.done();
                Ok(Some(Duration::ZERO))
            }
        }
    }

    async fn send(&self, segment: &Waiting) -> Result<(), ApiError> {
        let file: Bytes = match &segment.file {
            File::Memory(file) => file.clone(),
            File::Kept(kept) => kept.read().await.map_err(|error| ApiError::Refused {
                status: 0,
                path: "the spool".into(),
                detail: error.to_string(),
            })?,
        };
        let query = SegmentQuery {
            worker_id: self.worker_id.clone(),
            start_ms: segment.start_ms,
            blake3: segment.blake3.clone(),
        };
        let place = (self.epoch, segment.track, segment.sequence);
        self.client.segment(&self.room_id, place, &query, file).await
    }

    /// Says that nothing follows.
    async fn finish(mut self) {
        self.backlog.tell_again();
        let tracks = self.backlog.news().unwrap_or_default();
        let request = RecordingRequest {
            worker_id: self.worker_id,
            epoch: self.epoch,
            tracks,
            finished: true,
        };
        loop {
            match self.client.recording(&self.room_id, &request).await {
                Ok(()) | Err(ApiError::Stale) => return,
                Err(error) if error.is_transient() => {
                    warn!(room = self.room_id, %error, "finish a recording, will try again");
                    tokio::time::sleep(self.backoff.next(rand::random())).await;
                }
                Err(error) => {
                    error!(room = self.room_id, %error, "finish a recording");
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
