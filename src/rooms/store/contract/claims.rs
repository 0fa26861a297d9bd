//! Claims and releases: the lease's decisions, written down in the transaction that read what they rest on.

use async_trait::async_trait;

use crate::character::Character;
use crate::protocol::ReleaseRequest;
use crate::rooms::error::Error;
use crate::rooms::room::Room;
use crate::rooms::transcript::Entry;

/// Entries that a claim carries: the latest.
pub(in crate::rooms::store) const TIMELINE_MAX: u32 = 500;

/// A room that a worker holds, with everything needed to play it.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The room and its cast.
    pub room: Room,
    /// Epoch of the claim.
    pub epoch: u64,
    /// Who each participant is, in the same order; `None` for a built-in.
    pub characters: Vec<Option<Character>>,
    /// The latest entries, oldest first.
    pub timeline: Vec<Entry>,
    /// What its last holder had under way, as that wrote it.
    pub note: Option<String>,
    /// Time since the room was started, ms.
    pub age_ms: i64,
}

/// How a worker comes to ask for rooms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// It asks now, so it is there.
    Now,
    /// It asked some time ago and waits: it may be gone, for a connection that is cut without a word leaves its
    /// question behind.
    Still,
}

/// Outcome of a claim.
#[derive(Debug, Clone, Default)]
pub struct ClaimsMade {
    /// Rooms that are the worker's.
    pub claimed: Vec<Claimed>,
    /// Rooms that were given up and are over.
    pub given_up: Vec<String>,
    /// When a room becomes claimable by time alone, ms from now.
    pub next_in_ms: Option<i64>,
    /// The worker waits and has let the lease run out under which it holds rooms. Whether anybody is there is unknown
    /// until it asks anew; what it were given now might wait for a whole lease, so it is given nothing.
    pub is_out_of_touch: bool,
}

impl ClaimsMade {
    /// What a worker is given that is out of touch.
    pub(in crate::rooms::store) fn out_of_touch() -> Self {
        Self {
            is_out_of_touch: true,
            ..Self::default()
        }
    }
}

/// Claims and releases.
#[async_trait]
pub trait ClaimRows {
    /// Takes up to `capacity` started rooms for a worker, longest started first; a repeated `request_id`
    /// answers what it took before.
    ///
    /// # Errors
    /// When the database fails.
    async fn claim_if(
        &self,
        worker_id: &str,
        request_id: &str,
        capacity: u32,
        asking: Asking,
    ) -> Result<ClaimsMade, Error>;

    /// The same for a worker that asks now.
    ///
    /// # Errors
    /// As there.
    async fn claim(&self, worker_id: &str, request_id: &str, capacity: u32) -> Result<ClaimsMade, Error> {
        self.claim_if(worker_id, request_id, capacity, Asking::Now).await
    }

    /// Takes a room from its holder. Answers whether the room is over.
    ///
    /// # Errors
    /// When the worker does not hold the room under this epoch, or the database fails. A repeated release is
    /// answered like the first.
    async fn release(&self, room_id: &str, request: &ReleaseRequest) -> Result<bool, Error>;
}
