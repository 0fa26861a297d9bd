//! Connections that wait to be used again.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::{Incoming, Socket};

/// Connections that wait at most. One more: it is closed.
const WAITING_MAX: usize = 8;

/// Connections to one place, the one that was used last first.
pub(crate) struct Pool {
    waiting: Mutex<Vec<(Instant, Socket)>>,
    /// How long one may wait.
    kept: Duration,
}

impl Pool {
    pub(crate) fn new(kept: Duration) -> Self {
        Self {
            waiting: Mutex::default(),
            kept,
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<(Instant, Socket)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One that was alive a moment ago.
    pub(crate) fn take(&self) -> Option<Socket> {
        let mut waiting = self.waiting();
        waiting.retain(|(since, _)| since.elapsed() < self.kept);
        while let Some((_, mut socket)) = waiting.pop() {
            loop {
                match socket.next_now() {
                    None => return Some(socket),
                    // The rest of a speech that is over.
                    Some(Incoming::Text(_)) => {}
                    Some(_) => break,
                }
            }
        }
        None
    }

    /// Takes one back.
    pub(crate) fn put(&self, socket: Socket) {
        let mut waiting = self.waiting();
        waiting.retain(|(since, _)| since.elapsed() < self.kept);
        if waiting.len() < WAITING_MAX {
            waiting.push((Instant::now(), socket));
        } else {
            socket.close(None);
        }
    }
}
