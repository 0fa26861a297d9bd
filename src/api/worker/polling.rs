//! Long polls: listen, look, then wait for news or the time to look again, until something is there.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::futures::Notified;
use tokio::time::Instant;

use super::super::state::Api;
use crate::rooms::wakeups::Topic;

/// Longest time without a look, should news ever get lost.
pub(super) const LOOK_AGAIN_MAX: Duration = Duration::from_secs(2);
/// Shortest time between two looks that the clock alone asks for.
const LOOK_AGAIN_MIN: Duration = Duration::from_millis(20);

/// Why a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Woken {
    /// There is news.
    ByNews,
    /// It is time to look again.
    ByTime,
    /// The poll is over, or the server stops.
    Over,
}

/// One long poll.
pub(super) struct Poll {
    api: Api,
    news: Arc<Notify>,
    until: Instant,
}

impl Poll {
    /// Waits for news on `topic`, at most `wait_ms`.
    pub(super) fn new(api: &Api, topic: Topic, wait_ms: u64) -> Self {
        Self {
            api: api.clone(),
            news: api.rooms.wakeups.subscribe(topic),
            until: Instant::now() + Duration::from_millis(wait_ms),
        }
    }

    /// Begins to listen. News that comes while the caller looks are kept for [`Self::wait`].
    pub(super) fn listen(&self) -> Pin<Box<Notified<'_>>> {
        let mut woken = Box::pin(self.news.notified());
        woken.as_mut().enable();
        woken
    }

    /// Waits for news, or for `again_in_ms`.
    pub(super) async fn wait(&self, woken: Pin<Box<Notified<'_>>>, again_in_ms: Option<i64>) -> Woken {
        if Instant::now() >= self.until || self.api.shutdown.is_cancelled() {
            return Woken::Over;
        }
        let again = again_in_ms
            .map_or(LOOK_AGAIN_MAX, |delay_ms| {
                Duration::from_millis(delay_ms.unsigned_abs())
            })
            .clamp(LOOK_AGAIN_MIN, LOOK_AGAIN_MAX);
        tokio::select! {
            () = woken => Woken::ByNews,
            () = tokio::time::sleep_until(self.until.min(Instant::now() + again)) => Woken::ByTime,
            // One more look: what is there is given out before the server stops.
            () = self.api.shutdown.cancelled() => Woken::ByTime,
        }
    }
}
