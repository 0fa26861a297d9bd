//! Tasks of a room: one that panics ends its room, and no other.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use tokio_util::task::AbortOnDropHandle;

use super::Events;
use super::event::Event;

impl Events {
    /// Runs `work` in the background until it is done or the handle is dropped. When it panics, the session hears of
    /// it and lets the room go; what the panic says is not repeated, for it may quote what was said.
    pub(super) fn guard(
        &self,
        what: &'static str,
        work: impl Future<Output = ()> + Send + 'static,
    ) -> AbortOnDropHandle<()> {
        let events = self.clone();
        AbortOnDropHandle::new(tokio::spawn(async move {
            // What the work shares with others is behind locks that are taken over after a panic.
            if AssertUnwindSafe(work).catch_unwind().await.is_err() {
                events.send(Event::Died { what });
            }
        }))
    }
}
