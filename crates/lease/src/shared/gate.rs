//! Until when a worker stands by its rooms, for whoever makes sound.

use super::sync::atomic::{AtomicI64, Ordering};

/// Set by the keeper, asked before every frame: one word, so that the audio path waits for nobody.
#[derive(Debug)]
pub struct Gate(AtomicI64);

impl Gate {
    /// Closed: nothing is held yet.
    #[must_use]
    pub fn closed() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }

    /// It is open until then, in ms by the boot clock; `None` closes it. Whoever learns of the closing from the one
    /// who did it finds it closed.
    pub fn set(&self, until_ms: Option<i64>) {
        self.0.store(until_ms.unwrap_or(i64::MIN), Ordering::Release);
    }

    /// Whether it is open at this time.
    #[must_use]
    pub fn is_open(&self, now_ms: i64) -> bool {
        now_ms < self.0.load(Ordering::Acquire)
    }
}
