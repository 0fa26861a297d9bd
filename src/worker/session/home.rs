//! Whose room it is: one that the Rooms API gave out, one of LiveKit's own dispatch, or one at this terminal.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use crate::link::{Connection, LinkError, Seen, console, livekit};
use crate::protocol::{CastMember, Claim, NewEntry};
use crate::worker::client::Client;
use crate::worker::entries::{Entries, Spool};
use crate::worker::pad::Pad;
use crate::worker::recording::{Recording, Recordings};

/// What a worker of the Rooms API has.
pub(in crate::worker) struct Office {
    pub(in crate::worker) client: Client,
    pub(in crate::worker) worker_id: String,
    pub(in crate::worker) recordings: Recordings,
    pub(in crate::worker) entries: Spool,
}

/// Where characters get in, and where words and sound of the room go.
#[derive(Clone)]
pub(in crate::worker) enum Home {
    /// LiveKit and the Rooms API.
    Office(Arc<Office>),
    /// LiveKit alone: rooms that its own dispatch gave out. Nothing that is said is stored.
    Stranger,
    /// This terminal.
    Console {
        /// Where characters get in.
        door: console::Door,
        /// Where entries go. Full: the newest is lost with an error in the log.
        entries: mpsc::Sender<NewEntry>,
    },
}

impl Home {
    /// Lets a character in; `seen` must not wait.
    pub(super) async fn join(
        &self,
        url: &str,
        member: &CastMember,
        seen: impl Fn(Seen) + Send + Sync + 'static,
    ) -> Result<Connection, LinkError> {
        match self {
            Self::Office(_) | Self::Stranger => livekit::Connection::join(url, &member.token, seen)
                .await
                .map(|connection| Connection::LiveKit(Box::new(connection))),
            Self::Console { door, .. } => Ok(Connection::Console(door.join(&member.character.name, seen))),
        }
    }

    pub(super) fn postbox(&self, claim: &Claim, pad: Pad) -> Postbox {
        match self {
            Self::Office(office) => Postbox::Office(Entries::start(
                office.client.clone(),
                office.worker_id.clone(),
                (claim.room_id.clone(), claim.epoch),
                &office.entries,
                pad,
            )),
            Self::Stranger => Postbox::Nobody,
            Self::Console { entries, .. } => Postbox::Console(entries.clone()),
        }
    }

    pub(super) fn recording(&self, claim: &Claim, began: std::time::Instant) -> Option<Recording> {
        match self {
            Self::Office(office) => Recording::start(
                &office.recordings,
                office.client.clone(),
                &office.worker_id,
                claim,
                began,
            ),
            Self::Stranger | Self::Console { .. } => None,
        }
    }
}

/// Where the entries of one room go.
pub(super) enum Postbox {
    Office(Entries),
    Console(mpsc::Sender<NewEntry>),
    Nobody,
}

impl Postbox {
    pub(super) fn post(&mut self, entry: NewEntry) {
        match self {
            Self::Office(entries) => entries.post(entry),
            Self::Nobody => {}
            Self::Console(entries) => {
                if entries.try_send(entry).is_err() {
                    tracing::error!("print an entry: the terminal is too slow or gone");
                }
            }
        }
    }

    /// Waits until all that was posted has arrived or was refused, for at most `within`.
    pub(super) async fn finish(self, within: Duration) {
        match self {
            Self::Office(entries) => entries.finish(within).await,
            Self::Console(_) | Self::Nobody => {}
        }
    }

    /// The room is somebody else's: nobody waits for what was posted.
    pub(super) fn abandon(self) {
        if let Self::Office(entries) = self {
            entries.abandon();
        }
    }
}
