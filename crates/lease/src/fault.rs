//! Faults that the simulator plants, to show that it finds them.
//!
//! Without the feature `faults` none can be planted, and every question here is answered at compile time.

/// A fault, named by what goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The worker counts its time from the answer to a heartbeat, not from the question.
    CountsFromAnswer,
    /// The worker takes a claim's answer, however late, for a proof that it holds the rooms.
    TrustsLateClaims,
    /// The worker notices the end of its time at the next heartbeat alone.
    NoticesLate,
    /// A claim that was not answered is asked for anew under another id.
    ForgetsRequests,
    /// A claim does not raise the epoch.
    KeepsEpoch,
    /// A room is claimed although its holder's lease runs.
    IgnoresLease,
    /// Whoever holds the room may write, under any epoch.
    IgnoresEpoch,
    /// A heartbeat that was overtaken by a later one is heeded.
    HeedsOldBeats,
    /// A room that its worker forgot stays that worker's.
    KeepsForgotten,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::CountsFromAnswer,
        Self::TrustsLateClaims,
        Self::NoticesLate,
        Self::ForgetsRequests,
        Self::KeepsEpoch,
        Self::IgnoresLease,
        Self::IgnoresEpoch,
        Self::HeedsOldBeats,
        Self::KeepsForgotten,
    ];
}

/// The fault that is planted, if any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Planted(#[cfg(feature = "faults")] pub Option<Fault>);

impl Planted {
    #[cfg(feature = "faults")]
    pub(crate) fn is(self, fault: Fault) -> bool {
        self.0 == Some(fault)
    }

    #[cfg(not(feature = "faults"))]
    pub(crate) const fn is(self, _: Fault) -> bool {
        false
    }
}
