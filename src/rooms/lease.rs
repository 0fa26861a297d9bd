//! Who may hold a room: a pure decision on its row, the holder's heartbeat and the time.
//!
//! A started room is open or held. A claim raises the epoch, which from then on refuses every older holder.
//! A holder lives as long as its worker's lease; a room whose holder lapsed is open to everyone. A worker
//! that only forgot a room (its heartbeat does not name it) loses that room alone.

use super::Timestamp;
use super::room::EndReason;
use crate::protocol::ReleaseReason;

/// Time that a worker's claims hold without a heartbeat, ms by the database's clock.
pub const LEASE_MS: i64 = 8_000;
/// Failed claims in a row after which a room is given up.
pub const FAILURES_MAX: u32 = 8;
/// Wait after the first failed claim, ms; doubles with each further one.
pub const BACKOFF_FIRST_MS: i64 = 500;
/// Longest wait between claims, ms.
pub const BACKOFF_MAX_MS: i64 = 15_000;
/// A claim that held this long counts as success: failures are counted anew after it, ms.
pub const SOUND_AFTER_MS: i64 = 60_000;

/// The lease part of a started room's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Epoch of the latest claim; 0 before the first.
    pub epoch: u64,
    /// Who holds the room.
    pub holder: Option<Holder>,
    /// From when on an open room may be claimed.
    pub claimable_at: Timestamp,
    /// Claims in a row that ended without having played the room.
    pub failures: u32,
}

/// A worker that holds a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The worker.
    pub worker_id: String,
    /// When it claimed the room.
    pub claimed_at: Timestamp,
}

/// Answer to a worker that wants a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is the worker's, under this lease.
    Granted(Lease),
    /// Not now.
    Refused,
    /// Too many claims failed: the room ends.
    GivenUp,
}

/// What a release leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// The lease from now on, without a holder.
    pub lease: Lease,
    /// The room is over.
    pub ends: Option<EndReason>,
}

/// The epoch is not the holder's current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stale;

/// What a heartbeat means for one room that is held by its worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// The worker goes on with it.
    Kept,
    /// The worker does not know of it any more: it is open again.
    Forgotten,
}

impl Lease {
    /// A room that was just started.
    pub fn opened(now: Timestamp) -> Self {
        Self {
            epoch: 0,
            holder: None,
            claimable_at: now,
            failures: 0,
        }
    }

    /// Decides on `worker_id`'s claim; `alive_until` is the end of the present holder's worker lease.
    pub fn claim(&self, worker_id: &str, alive_until: Option<Timestamp>, now: Timestamp) -> Verdict {
        let failures = match &self.holder {
            Some(_) if alive_until.is_some_and(|until| until > now) => return Verdict::Refused,
            Some(lapsed) => self.failures_after(lapsed, now),
            None if self.claimable_at > now => return Verdict::Refused,
            None => self.failures,
        };
        if failures >= FAILURES_MAX {
            return Verdict::GivenUp;
        }
        Verdict::Granted(Self {
            epoch: self.epoch + 1,
            holder: Some(Holder {
                worker_id: worker_id.to_owned(),
                claimed_at: now,
            }),
            claimable_at: now,
            failures,
        })
    }

    /// Whether `worker_id` holds the room under `epoch`.
    ///
    /// # Errors
    /// [`Stale`] when another does, or nobody, or under another epoch.
    pub fn check(&self, worker_id: &str, epoch: u64) -> Result<&Holder, Stale> {
        match &self.holder {
            Some(holder) if holder.worker_id == worker_id && self.epoch == epoch => Ok(holder),
            _ => Err(Stale),
        }
    }

    /// Takes the room from its holder, who said why.
    ///
    /// # Errors
    /// [`Stale`] when the room is not held by `worker_id` under `epoch`.
    pub fn release(
        &self,
        worker_id: &str,
        epoch: u64,
        reason: ReleaseReason,
        now: Timestamp,
    ) -> Result<Released, Stale> {
        let holder = self.check(worker_id, epoch)?;
        let mut lease = Self {
            holder: None,
            claimable_at: now,
            ..self.clone()
        };
        let ends = match reason {
            ReleaseReason::Empty => Some(EndReason::Empty),
            ReleaseReason::MaxDuration => Some(EndReason::MaxDuration),
            // A worker that took an active room for an ended one lets another play it.
            ReleaseReason::Ended | ReleaseReason::Draining => None,
            ReleaseReason::Failed => {
                lease.failures = self.failures_after(holder, now);
                lease.claimable_at = now.plus_ms(backoff_ms(lease.failures));
                (lease.failures >= FAILURES_MAX).then_some(EndReason::Failed)
            }
        };
        Ok(Released { lease, ends })
    }

    /// What a heartbeat of the holder says about this room; `listed` when it names the room with its epoch.
    pub fn beat(&self, listed: bool, now: Timestamp) -> Beat {
        match &self.holder {
            // The answer to a claim may still be on its way when the heartbeat leaves the worker.
            Some(holder) if !listed && now.ms_since(holder.claimed_at) > LEASE_MS => Beat::Forgotten,
            _ => Beat::Kept,
        }
    }

    fn failures_after(&self, holder: &Holder, now: Timestamp) -> u32 {
        if now.ms_since(holder.claimed_at) >= SOUND_AFTER_MS {
            1
        } else {
            self.failures.saturating_add(1)
        }
    }
}

fn backoff_ms(failures: u32) -> i64 {
    let doublings = failures.saturating_sub(1).min(16);
    (BACKOFF_FIRST_MS << doublings).min(BACKOFF_MAX_MS)
}
