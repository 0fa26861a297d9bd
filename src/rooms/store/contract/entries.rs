//! The timeline.

use async_trait::async_trait;

use crate::protocol::NewEntry;
use crate::rooms::error::Error;
use crate::rooms::list::After;
use crate::rooms::transcript::Entry;

/// The timeline.
#[async_trait]
pub trait EntryRows {
    /// Stores the entries that are new under `epoch` and answers the highest sequence stored.
    ///
    /// # Errors
    /// When the worker does not hold the room under `epoch`, a sequence is missing, or the database fails.
    async fn append_entries(
        &self,
        room_id: &str,
        worker_id: &str,
        epoch: u64,
        entries: &[NewEntry],
    ) -> Result<u64, Error>;

    /// The same under a claim of the worker's that is over: the entries are marked as late and stand behind what
    /// came meanwhile.
    ///
    /// # Errors
    /// When the worker never held the room under `epoch`, the room is over, a sequence is missing, or the database
    /// fails.
    async fn append_late(
        &self,
        room_id: &str,
        worker_id: &str,
        epoch: u64,
        entries: &[NewEntry],
    ) -> Result<u64, Error>;

    /// Where in the timeline the entry `after` stands; before everything without one.
    ///
    /// # Errors
    /// When `after`, which came as `param`, is no entry of the room, or the database fails.
    async fn entry_position(
        &self,
        room_id: &str,
        after: After<'_>,
        param: &'static str,
    ) -> Result<i64, Error>;

    /// The room's timeline in spoken order, at most `limit` entries after the position `after_seq`. An entry
    /// is never committed behind a position that was answered.
    ///
    /// # Errors
    /// When the database fails.
    async fn entries_after(
        &self,
        room_id: &str,
        after_seq: i64,
        limit: Option<u32>,
    ) -> Result<Vec<Entry>, Error>;

    /// As [`Self::entries_after`], after the entry `after`, which came as `param`. The caller has seen that
    /// the room is the project's.
    ///
    /// # Errors
    /// When `after` is no entry of the room or the database fails.
    async fn entries(
        &self,
        room_id: &str,
        after: After<'_>,
        limit: Option<u32>,
        param: &'static str,
    ) -> Result<Vec<Entry>, Error> {
        let after_seq = self.entry_position(room_id, after, param).await?;
        self.entries_after(room_id, after_seq, limit).await
    }
}

/// The error for a position that is none of the room.
pub(in crate::rooms::store) fn not_in_room(param: &'static str) -> Error {
    Error::Invalid {
        param,
        message: "must be the id of an entry of this room".into(),
    }
}

/// The entries that are not stored yet, given the highest sequence that is.
///
/// # Errors
/// When an entry between the two is missing.
pub(in crate::rooms::store) fn unseen(stored: u64, entries: &[NewEntry]) -> Result<Vec<&NewEntry>, Error> {
    let mut last = stored;
    let mut new = Vec::with_capacity(entries.len());
    for entry in entries {
        if entry.sequence <= last {
            continue;
        }
        if entry.sequence != last + 1 {
            return Err(Error::Conflict {
                code: "sequence_gap",
                message: "an entry before this one was never stored; send it first",
            });
        }
        last = entry.sequence;
        new.push(entry);
    }
    Ok(new)
}
