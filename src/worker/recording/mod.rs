//! The recording of one room, from the session to the API.
//!
//! ```text
//! session ─► recorder's thread ─► courier ─► spool (disk) ─► API
//! ```

mod backlog;
mod courier;
mod spool;

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinHandle;

pub(super) use spool::{SPOOL_BYTES_MAX, Spool};

use self::courier::Courier;
use super::client::Client;
use crate::link::AGENT_PREFIX;
use crate::protocol::{CastMember, Claim, TrackKind};
use crate::recorder::{Arrival, Recorder, RoomRecorder, TrackInfo, TrackInput};

/// Words of the tape that wait for the courier, which waits for one request at most, while a tape of three voices
/// gives out five segments in 10 s. Full: a segment is lost, and the recording partial.
const TAPED_MAX: usize = 256;

/// What all recordings of a worker share.
#[derive(Clone)]
pub(super) struct Recordings {
    /// The thread that encodes.
    pub(super) recorder: Recorder,
    /// Where segments wait.
    pub(super) spool: Spool,
}

/// A room that is being recorded.
pub(super) struct Recording {
    room: RoomRecorder,
    courier: JoinHandle<()>,
}

impl Recording {
    /// Begins to record a claimed room, if it wants that. `began` is when the claim came. A recorder that does
    /// not start costs the recording, never the room.
    pub(super) fn start(
        recordings: &Recordings,
        client: Client,
        worker_id: &str,
        claim: &Claim,
        began: std::time::Instant,
    ) -> Option<Self> {
        if !claim.record {
            return None;
        }
        let (out, taped) = mpsc::channel(TAPED_MAX);
        let room = match recordings.recorder.record(began, claim.age_ms, out) {
            Ok(room) => room,
            Err(error) => {
                tracing::error!(room = claim.room_id, %error, "record a room");
                return None;
            }
        };
        let folder = recordings.spool.room(&claim.room_id, claim.epoch);
        let courier = Courier::new(client, worker_id, &claim.room_id, claim.epoch, folder);
        Some(Self {
            room,
            courier: tokio::spawn(courier.run(taped)),
        })
    }

    /// A track for a person's sound.
    pub(super) fn person(&self, identity: &str, name: &str) -> Option<TrackInput> {
        let info = TrackInfo {
            kind: TrackKind::Participant,
            identity: identity.to_owned(),
            name: Some(name.to_owned()),
            character_id: None,
        };
        self.room.track(info, Arrival::Received)
    }

    /// A track for a character's sound.
    pub(super) fn character(&self, member: &CastMember) -> Option<TrackInput> {
        let info = TrackInfo {
            kind: TrackKind::Participant,
            identity: format!("{AGENT_PREFIX}{}", member.character.id),
            name: Some(member.character.name.clone()),
            character_id: Some(member.character.id.clone()),
        };
        self.room.track(info, Arrival::Paced)
    }

    /// Ends the tape and hands in what is left; what the API does not take `within` that time is lost, and the
    /// API finds the recording partial.
    pub(super) async fn finish(self, within: Duration) {
        drop(self.room);
        let mut courier = self.courier;
        match tokio::time::timeout(within, &mut courier).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => tracing::error!("hand in a recording: the task failed"),
            Err(_) => {
                courier.abort();
                tracing::error!("hand in a recording: not done within {within:?}");
            }
        }
    }
}
