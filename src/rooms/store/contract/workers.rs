//! Heartbeats: one row a worker, whatever number of rooms it holds.

use async_trait::async_trait;

use crate::protocol::HeartbeatRequest;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;

/// Outcome of a heartbeat.
#[derive(Debug, Clone, Default)]
pub struct Beaten {
    /// Rooms that the worker named and does not hold under that epoch.
    pub lost: Vec<String>,
    /// Whether a room became claimable, for the worker did not name it.
    pub reopened: bool,
}

/// What a worker has under way in one room.
#[derive(Debug, Clone)]
pub struct RoomNote {
    /// The room.
    pub room_id: String,
    /// The claim's epoch.
    pub epoch: u64,
    /// What; `None` when nothing is.
    pub note: Option<String>,
}

/// Workers and their leases.
#[async_trait]
pub trait WorkerRows {
    /// Extends the worker's lease and compares what it holds with what is written down.
    ///
    /// # Errors
    /// When the database fails.
    async fn heartbeat(&self, request: &HeartbeatRequest) -> Result<Beaten, Error>;

    /// Keeps what the worker has under way in rooms that it holds; of any other room nothing is kept.
    ///
    /// # Errors
    /// When the database fails.
    async fn note_down(&self, worker_id: &str, notes: &[RoomNote]) -> Result<(), Error>;

    /// Forgets workers whose lease ended before `before` and that hold nothing.
    ///
    /// # Errors
    /// When the database fails.
    async fn forget_workers(&self, before: Timestamp) -> Result<(), Error>;
}
