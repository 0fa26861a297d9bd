//! What happens while a message is answered, for whoever follows it.

use tokio::sync::mpsc;

use crate::rooms::transcript::Entry;

/// Events that may wait for a follower. Full: it is too slow and hears no more, while the replies go on.
pub const EVENTS_MAX: usize = 1_024;

/// One thing that happened.
#[derive(Debug, Clone)]
pub enum Event {
    /// The user's message is in the timeline.
    Message(Entry),
    /// A character begins to answer.
    Started {
        /// Which one.
        character_id: String,
        /// What it is called.
        name: String,
    },
    /// The next piece of its answer.
    Delta {
        /// Whose.
        character_id: String,
        /// Text to be put behind the pieces before.
        text: String,
    },
    /// The answer is in the timeline.
    Replied(Entry),
    /// There will be no answer; pieces that came before count for nothing.
    Failed(Missed),
}

/// An answer that was not given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missed {
    /// Whose.
    pub character_id: String,
    /// What it is called.
    pub name: String,
    /// Why.
    pub trouble: Trouble,
}

/// Why an answer was not given, as far as a user may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The character has no model that this server can use.
    Unavailable,
    /// The model takes no more requests for now.
    RateLimited,
    /// The model did not answer in time.
    TimedOut,
    /// The model failed.
    Failed,
    /// It was removed from the room while it wrote.
    Removed,
    /// The server is about to stop.
    Stopping,
}

impl Trouble {
    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unavailable => "model_unavailable",
            Self::RateLimited => "model_rate_limited",
            Self::TimedOut => "model_timeout",
            Self::Failed => "model_failed",
            Self::Removed => "removed",
            Self::Stopping => "server_stopping",
        }
    }

    /// What it means.
    pub fn message(self) -> &'static str {
        match self {
            Self::Unavailable => "the language model of this character is not available on this server",
            Self::RateLimited => "the language model of this character takes no more requests for now",
            Self::TimedOut => "the language model of this character did not answer in time",
            Self::Failed => "the language model of this character failed",
            Self::Removed => "this character was removed from the room before its answer was whole",
            Self::Stopping => "the server stopped before this character could answer",
        }
    }
}

/// Somebody who may follow an exchange.
#[derive(Debug, Default)]
pub struct Follower(Option<mpsc::Sender<Event>>);

impl Follower {
    /// A follower, and where it hears.
    pub fn new() -> (Self, mpsc::Receiver<Event>) {
        let (sender, events) = mpsc::channel(EVENTS_MAX);
        (Self(Some(sender)), events)
    }

    /// Nobody.
    pub fn none() -> Self {
        Self(None)
    }

    /// Tells what happened. Whoever has gone or lags behind too far is told nothing from then on.
    pub(super) fn tell(&mut self, event: Event) {
        if let Some(sender) = &self.0
            && sender.try_send(event).is_err()
        {
            self.0 = None;
        }
    }
}
