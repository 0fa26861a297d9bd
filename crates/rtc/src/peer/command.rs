use super::DataChannel;
use crate::jsep::Plan;

/// What the owner task is told to do.
#[derive(Debug)]
pub(super) enum Command {
    Apply(Box<Plan>),
    AddCandidate(String),
    OpenChannel(DataChannel),
    CloseChannel(DataChannel),
    /// Something was queued on a channel.
    Flush,
    Close,
}

/// The state of the whole connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum PeerState {
    /// Nothing has begun.
    New = 0,
    /// ICE or DTLS is at work.
    Connecting = 1,
    /// Media and data flow.
    Connected = 2,
    /// ICE lost the other side, and tries on.
    Disconnected = 3,
    /// Given up.
    Failed = 4,
    /// Closed by us or by the other side.
    Closed = 5,
}

impl PeerState {
    pub(super) const fn from_u8(value: u8) -> Self {
        match value {
            0 => Self::New,
            1 => Self::Connecting,
            2 => Self::Connected,
            3 => Self::Disconnected,
            4 => Self::Failed,
            _ => Self::Closed,
        }
    }
}

/// What the owner task reports.
#[derive(Debug)]
pub enum Event {
    /// The connection's state. `Connected` comes again after every ICE restart.
    State(PeerState),
    /// A candidate of ours that the descriptions did not have, from the word `candidate:` on.
    Candidate(String),
    /// The other side opened a channel.
    Channel(DataChannel),
}

/// Takes the task's reports.
pub type EventHandler = Box<dyn FnMut(Event) + Send>;
