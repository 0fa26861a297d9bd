//! Hands in what was said, in order, until the API has acknowledged it.
//!
//! ```text
//! session ─► poster: backlog (memory) + spool (disk) ─► API
//!                                      └─► after the process died: the next one on this disk ─► API, as late
//! ```

mod backlog;
mod left_behind;
mod spool;

use std::time::Duration;

use tokio::sync::mpsc;
use tracing::{error, warn};

pub(super) use self::left_behind::hand_in_left_behind;
pub(super) use self::spool::Spool;

use self::backlog::Backlog;
use self::spool::File;
use super::client::{ApiError, Client};
use super::pad::Pad;
use crate::backoff::Backoff;
use crate::protocol::{EntriesRequest, NewEntry, Note};

/// Entries on their way to the poster, which writes them down and never waits for the API meanwhile. Full: the
/// newest is refused and counted as lost in the log.
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
    pub(super) fn start(
        client: Client,
        worker_id: String,
        (room_id, epoch): (String, u64),
        spool: &Spool,
        pad: Pad,
    ) -> Self {
        let (sender, inbox) = mpsc::channel(WAITING_MAX);
        let poster = Poster {
            file: spool.room(&room_id, epoch),
            client,
            worker_id,
            room_id,
            epoch,
            pad: Some(pad),
            backlog: Backlog::default(),
            late: false,
        };
        Self {
            sender,
            sequence: 0,
            task: tokio::spawn(poster.run(inbox)),
        }
    }

    /// Numbers an entry and queues it.
    pub(super) fn post(&mut self, mut entry: NewEntry) {
        entry.sequence = self.sequence + 1;
        match self.sender.try_send(entry) {
            // A number is used up by what is queued alone: the API takes no gaps.
            Ok(()) => self.sequence += 1,
            Err(_) => error!("queue an entry: the queue is full or the room was lost"),
        }
    }

    /// Waits until everything was acknowledged or refused, for at most `within`. What is left goes on in the
    /// background, as late once the room is somebody else's, and stays on disk for the next process.
    pub(super) async fn finish(self, within: Duration) {
        drop(self.sender);
        match tokio::time::timeout(within, self.task).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => error!("hand in entries: the task failed"),
            Err(_) => warn!("hand in entries: not done within {within:?}; it goes on"),
        }
    }

    /// The room is somebody else's: what was said before is handed in as late, without anybody waiting.
    pub(super) fn abandon(self) {
        drop(self.sender);
    }
}

/// One claim's entries on their way.
struct Poster {
    client: Client,
    worker_id: String,
    room_id: String,
    epoch: u64,
    file: Option<File>,
    pad: Option<Pad>,
    backlog: Backlog,
    /// The claim is over.
    late: bool,
}

/// What became of a batch.
enum Handed {
    /// It is stored, as far as the backlog knows by now.
    In,
    /// It is tried again after a pause.
    Again,
    /// The room is somebody else's.
    Stale,
    /// It was refused for good.
    Refused,
}

impl Poster {
    async fn run(mut self, mut inbox: mpsc::Receiver<NewEntry>) {
        let mut backoff = Backoff::default();
        let mut is_open = true;
        let mut pause = Duration::ZERO;
        loop {
            // Written down first, whatever the API does.
            while let Ok(entry) = inbox.try_recv() {
                self.keep(entry);
            }
            if self.backlog.is_empty() {
                if !is_open {
                    break;
                }
                match inbox.recv().await {
                    Some(entry) => self.keep(entry),
                    None => is_open = false,
                }
                continue;
            }
            if pause.is_zero() {
                let batch = self.backlog.first(BATCH_MAX);
                let news = self.pad.as_ref().and_then(Pad::news);
                let note = news.as_ref().map(|(note, _)| note.clone());
                // Entries that come meanwhile are written down while the answer is waited for.
                let answer = {
                    let request = self.request(batch, note);
                    let asking = self.client.entries(&self.room_id, &request);
                    tokio::pin!(asking);
                    loop {
                        tokio::select! {
                            answer = &mut asking => break answer,
                            entry = inbox.recv(), if is_open => match entry {
                                Some(entry) => keep(&mut self.backlog, &mut self.file, entry),
                                None => is_open = false,
                            },
                        }
                    }
                };
                match self.judge(answer.map(|answer| answer.acknowledged)) {
                    Handed::In => {
                        backoff.reset();
                        if let (Some(pad), Some((_, revision))) = (&self.pad, news) {
                            pad.told(revision);
                        }
                    }
                    Handed::Again => pause = backoff.next(rand::random()),
                    Handed::Stale if self.late => break,
                    Handed::Stale => {
                        warn!(room = self.room_id, "hand in entries: the room moved on");
                        self.late = true;
                        self.pad = None;
                    }
                    Handed::Refused => {
                        error!(
                            room = self.room_id,
                            lost = self.backlog.len(),
                            "hand in entries: they are refused"
                        );
                        self.backlog.clear();
                    }
                }
                continue;
            }
            tokio::select! {
                entry = inbox.recv(), if is_open => match entry {
                    Some(entry) => self.keep(entry),
                    None => is_open = false,
                },
                () = tokio::time::sleep(pause) => pause = Duration::ZERO,
            }
        }
        if let Some(file) = self.file {
            file.remove();
        }
    }

    fn keep(&mut self, entry: NewEntry) {
        keep(&mut self.backlog, &mut self.file, entry);
    }

    fn request(&self, entries: Vec<NewEntry>, note: Option<Note>) -> EntriesRequest {
        EntriesRequest {
            worker_id: self.worker_id.clone(),
            epoch: self.epoch,
            entries,
            late: self.late,
            note,
        }
    }

    fn judge(&mut self, answer: Result<u64, ApiError>) -> Handed {
        match answer {
            Ok(acknowledged) => {
                self.backlog.acknowledge(acknowledged);
                if self.backlog.is_empty()
                    && let Some(file) = &mut self.file
                {
                    file.empty();
                }
                Handed::In
            }
            Err(ApiError::Stale) => Handed::Stale,
            Err(error) if error.is_transient() => {
                warn!(room = self.room_id, %error, waiting = self.backlog.len(), "hand in entries, will try again");
                Handed::Again
            }
            Err(error) => {
                error!(room = self.room_id, %error, "hand in entries");
                Handed::Refused
            }
        }
    }
}

/// Writes an entry down, on disk as long as that takes it.
fn keep(backlog: &mut Backlog, file: &mut Option<File>, entry: NewEntry) {
    if let Some(open) = file
        && let Err(error) = open.write(&entry)
    {
        warn!(%error, "write an entry to disk; it waits in memory alone");
        // A line that is half written would end what can be read of the file.
        if let Some(broken) = file.take() {
            broken.remove();
        }
    }
    if let Err(entry) = backlog.push(entry) {
        error!(
            sequence = entry.sequence,
            "keep an entry: too many wait for the API; it is lost"
        );
    }
}
