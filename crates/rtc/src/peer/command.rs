use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::mpsc;

use super::DataChannel;
use crate::{Doorbell, jsep::Plan, net::IceConfig};

/// Commands that may wait: control only, a task that does not take them in time hangs. When full the
/// connection is closed.
pub(super) const COMMANDS_MAX: usize = 512;

/// What the owner task is told to do.
#[derive(Debug)]
pub(super) enum Command {
    Apply(Box<Plan>),
    AddCandidate(String),
    Configure(Box<IceConfig>),
    OpenChannel(DataChannel),
    CloseChannel(DataChannel),
}

/// What can be told the owner task without a queue.
#[derive(Debug, Default)]
pub(super) struct Signal {
    /// Something waits: a command, a message on a channel, audio in a source, or the end.
    pub(super) wake: Arc<Doorbell>,
    closed: AtomicBool,
}

impl Signal {
    /// Ends the task.
    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.wake.ring();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }
}

/// The way from a channel to the owner task; weak, so that a channel held by the application does
/// not keep its connection open.
#[derive(Debug, Clone)]
pub(super) struct Commands {
    pub(super) queue: mpsc::WeakSender<Command>,
    pub(super) signal: Arc<Signal>,
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
