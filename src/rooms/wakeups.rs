//! Wakes requests that wait for news, within this process.
//!
//! A waiter first takes its [`Notify`], then looks at the database, then waits: news that comes in between
//! is never slept through.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::Notify;

/// What a request may wait for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Topic {
    /// A room became claimable.
    Claims,
    /// Something changed in a room of this worker.
    Worker(String),
    /// A room has new entries or ended.
    Room(String),
    /// A room ended and its LiveKit room did not.
    Sweep,
    /// A room's recording can be joined.
    Recordings,
}

/// Topics that are looked through for abandoned ones whenever the table has doubled from this size.
const PRUNE_FROM: usize = 64;

/// Those who wait, by topic.
#[derive(Debug, Default)]
pub struct Wakeups {
    table: Mutex<Table>,
}

#[derive(Debug, Default)]
struct Table {
    topics: HashMap<Topic, Weak<Notify>>,
    prune_at: usize,
}

impl Wakeups {
    /// What to wait on for `topic`; lives as long as someone holds it.
    pub fn subscribe(&self, topic: Topic) -> Arc<Notify> {
        let mut table = self.lock();
        if let Some(notify) = table.topics.get(&topic).and_then(Weak::upgrade) {
            return notify;
        }
        if table.topics.len() >= table.prune_at.max(PRUNE_FROM) {
            table.topics.retain(|_, notify| notify.strong_count() > 0);
            table.prune_at = table.topics.len() * 2;
        }
        let notify = Arc::new(Notify::new());
        table.topics.insert(topic, Arc::downgrade(&notify));
        notify
    }

    /// Wakes everyone who waits for `topic` now.
    pub fn wake(&self, topic: &Topic) {
        if let Some(notify) = self.lock().topics.get(topic).and_then(Weak::upgrade) {
            notify.notify_waiters();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        // Nothing in here can be left half done by a panic.
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
