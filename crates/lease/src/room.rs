//! Who may hold a room: a pure decision on its row, the holder's heartbeat and the time.
//!
//! A started room is open or held. A claim raises the epoch, which from then on refuses every older holder.
//! A holder lives as long as its worker's lease; a room whose holder lapsed is open to everyone. A worker
//! that only forgot a room (its heartbeat does not name it) loses that room alone.

use crate::fault::{Fault, Planted};

/// Time that a worker's claims hold without a heartbeat, ms by the database's clock.
pub const LEASE_MS: i64 = 8_000;
/// Failed claims in a row after which a room is given up.
pub const FAILURES_MAX: u32 = 3;
/// Wait after the first failed claim, ms; doubles with each further one.
pub const BACKOFF_FIRST_MS: i64 = 500;
/// Longest wait between claims, ms.
pub const BACKOFF_MAX_MS: i64 = 15_000;
/// A claim that held this long counts as success: failures are counted anew after it, ms.
pub const SOUND_AFTER_MS: i64 = 60_000;

/// The lease part of a started room's row. Times are ms by the database's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Epoch of the latest claim; 0 before the first.
    pub epoch: u64,
    /// Who holds the room.
    pub holder: Option<Holder>,
    /// From when on an open room may be claimed.
    pub claimable_at_ms: i64,
    /// Claims in a row that ended without having played the room.
    pub failures: u32,
    #[cfg(feature = "faults")]
    #[doc(hidden)]
    pub planted: Planted,
}

/// A worker that holds a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The worker.
    pub worker_id: String,
    /// When it claimed the room.
    pub claimed_at_ms: i64,
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

/// Why a worker lets go of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The server ended it.
    Ended,
    /// Nobody was in it.
    Empty,
    /// Its time is up.
    MaxDuration,
    /// The worker stops: another may take it.
    Draining,
    /// It could not be played: another may try.
    Failed,
}

/// Why a room is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// Nobody was in it.
    Empty,
    /// Its time is up.
    MaxDuration,
    /// Too many claims failed.
    Failed,
}

/// What a release leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Released {
    /// The lease from now on, without a holder.
    pub lease: Lease,
    /// The room is over.
    pub ends: Option<Over>,
}

/// The epoch is not the holder's current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stale;

/// What a heartbeat tells of one room that is held by its worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It names the room with its epoch.
    Named,
    /// It does not, and the worker takes rooms.
    Unnamed,
    /// It does not, and the worker takes no more: the answer to a claim that it still waits for is ignored.
    UnnamedWhileDraining,
}

/// What a heartbeat means for one room that is held by its worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// The worker goes on with it.
    Kept,
    /// The worker does not know of it any more: it is open again.
    Forgotten,
}

/// Whether a heartbeat was overtaken by one that its worker sent later. It says nothing any more: rooms that were
/// claimed since are missing in it. `None` comes from workers that do not count.
pub fn is_overtaken(beat: Option<u64>, latest: u64, #[cfg(feature = "faults")] planted: Planted) -> bool {
    #[cfg(feature = "faults")]
    if planted.is(Fault::HeedsOldBeats) {
        return false;
    }
    beat.is_some_and(|beat| beat < latest)
}

impl Lease {
    /// A room that was just started.
    pub fn opened(now_ms: i64) -> Self {
        Self {
            epoch: 0,
            holder: None,
            claimable_at_ms: now_ms,
            failures: 0,
            #[cfg(feature = "faults")]
            planted: Planted::default(),
        }
    }

    fn planted(&self) -> Planted {
        #[cfg(feature = "faults")]
        return self.planted;
        #[cfg(not(feature = "faults"))]
        Planted::default()
    }

    /// Decides on `worker_id`'s claim; `alive_until_ms` is the end of the present holder's worker lease.
    pub fn claim(&self, worker_id: &str, alive_until_ms: Option<i64>, now_ms: i64) -> Verdict {
        let is_alive =
            alive_until_ms.is_some_and(|until| until > now_ms) && !self.planted().is(Fault::IgnoresLease);
        let failures = match &self.holder {
            Some(_) if is_alive => return Verdict::Refused,
            Some(lapsed) => self.failures_after(lapsed, now_ms),
            None if self.claimable_at_ms > now_ms => return Verdict::Refused,
            None => self.failures,
        };
        if failures >= FAILURES_MAX {
            return Verdict::GivenUp;
        }
        Verdict::Granted(Self {
            epoch: self.epoch + u64::from(self.epoch == 0 || !self.planted().is(Fault::KeepsEpoch)),
            holder: Some(Holder {
                worker_id: worker_id.to_owned(),
                claimed_at_ms: now_ms,
            }),
            claimable_at_ms: now_ms,
            failures,
            #[cfg(feature = "faults")]
            planted: self.planted,
        })
    }

    /// Whether `worker_id` holds the room under `epoch`.
    ///
    /// # Errors
    /// [`Stale`] when another does, or nobody, or under another epoch.
    pub fn check(&self, worker_id: &str, epoch: u64) -> Result<&Holder, Stale> {
        match &self.holder {
            Some(holder) if self.planted().is(Fault::IgnoresEpoch) => Ok(holder),
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
        reason: Reason,
        now_ms: i64,
    ) -> Result<Released, Stale> {
        let holder = self.check(worker_id, epoch)?;
        let mut lease = Self {
            holder: None,
            claimable_at_ms: now_ms,
            ..self.clone()
        };
        let ends = match reason {
            Reason::Empty => Some(Over::Empty),
            Reason::MaxDuration => Some(Over::MaxDuration),
            // A worker that took an active room for an ended one lets another play it.
            Reason::Ended | Reason::Draining => None,
            Reason::Failed => {
                lease.failures = self.failures_after(holder, now_ms);
                lease.claimable_at_ms = now_ms.saturating_add(backoff_ms(lease.failures));
                (lease.failures >= FAILURES_MAX).then_some(Over::Failed)
            }
        };
        Ok(Released { lease, ends })
    }

    /// What a heartbeat of the holder says about this room.
    pub fn beat(&self, told: Told, now_ms: i64) -> Beat {
        let Some(holder) = &self.holder else {
            return Beat::Kept;
        };
        // The answer to a claim may still be on its way when the heartbeat leaves the worker.
        let is_old = now_ms.saturating_sub(holder.claimed_at_ms) > LEASE_MS;
        match told {
            Told::UnnamedWhileDraining => Beat::Forgotten,
            Told::Unnamed if is_old && !self.planted().is(Fault::KeepsForgotten) => Beat::Forgotten,
            Told::Named | Told::Unnamed => Beat::Kept,
        }
    }

    /// The lease once its holder forgot the room.
    #[must_use]
    pub fn reopened(&self, now_ms: i64) -> Self {
        Self {
            holder: None,
            claimable_at_ms: now_ms,
            ..self.clone()
        }
    }

    fn failures_after(&self, holder: &Holder, now_ms: i64) -> u32 {
        if now_ms.saturating_sub(holder.claimed_at_ms) >= SOUND_AFTER_MS {
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
