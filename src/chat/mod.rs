//! The server's own answers in group chats: who answers a message, in what order, and within which bounds.
//!
//! [`director`] decides, without I/O; [`Chat::exchange`] carries it out with the models of [`crate::providers`]
//! and the prompts of [`crate::brain`].

mod address;
pub mod director;
mod event;
mod exchange;
mod floors;
mod memory;
mod reply;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::brain::prompt::{PromptError, Prompter};
use crate::providers::Registry;
use floors::Floors;

pub use event::{EVENTS_MAX, Event, Follower, Missed, Trouble};
pub use exchange::Exchange;
pub use floors::{EXCHANGES_MAX, ROOM_EXCHANGES_MAX};

/// Answers messages.
pub struct Chat {
    models: Arc<Registry>,
    prompter: Result<Prompter, PromptError>,
    floors: Floors,
    shutdown: CancellationToken,
}

impl Chat {
    /// Nothing is loaded yet: a model is when the first character needs it. `shutdown` ends what is being
    /// written.
    pub fn new(models: Arc<Registry>, shutdown: CancellationToken) -> Self {
        Self {
            models,
            prompter: Prompter::new(),
            floors: Floors::default(),
            shutdown,
        }
    }
}
