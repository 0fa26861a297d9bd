//! Housekeeping: rooms whose worker should have ended them, LiveKit rooms that outlived their room, and rows
//! that nobody needs any more.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Rooms;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::livekit::closing;
use crate::rooms::room::EndReason;
use crate::rooms::wakeups::Topic;

/// Longest time between two sweeps.
const SWEEP_INTERVAL: Duration = Duration::from_secs(15);
/// Time that a worker is given to end a room whose time is up, ms.
const OVERTIME_MS: i64 = 60_000;
/// Rooms ended and LiveKit rooms deleted in one sweep; the rest waits for the next.
const ROOMS_PER_SWEEP: u32 = 100;
/// How long an answer is kept for its `Idempotency-Key`, ms.
const ANSWERS_KEPT_MS: i64 = 24 * 3600 * 1000;
/// How long changes and rows of silent workers are kept, ms.
const WORKERS_KEPT_MS: i64 = 3600 * 1000;
/// How long ids of LiveKit's events are kept, ms; it tells again for seconds.
const LIVEKIT_EVENTS_KEPT_MS: i64 = 24 * 3600 * 1000;
/// How long events and their deliveries are kept, ms; the last attempt comes after about a day.
const EVENTS_KEPT_MS: i64 = 7 * 24 * 3600 * 1000;
/// Deliveries that may wait for one webhook; with more it is disabled and they are given up.
const WEBHOOK_BACKLOG_MAX: i64 = 10_000;

impl Rooms {
    /// Sweeps until `shutdown`, at once when a room was ended by its worker.
    pub async fn sweep_until(&self, shutdown: CancellationToken) {
        let news = self.wakeups.subscribe(Topic::Sweep);
        loop {
            let woken = news.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            if let Err(error) = self.sweep().await {
                tracing::warn!(%error, "sweep up after ended rooms");
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = woken => {}
                () = tokio::time::sleep(SWEEP_INTERVAL) => {}
            }
        }
    }

    /// One sweep.
    ///
    /// # Errors
    /// When the database fails. LiveKit's failures are left for the next sweep.
    pub async fn sweep(&self) -> Result<(), Error> {
        let now = self.store.now().await?;
        self.store.forget_answers(now.plus_ms(-ANSWERS_KEPT_MS)).await?;
        self.store.forget_changes(now.plus_ms(-WORKERS_KEPT_MS)).await?;
        self.store.forget_workers(now.plus_ms(-WORKERS_KEPT_MS)).await?;
        let forgotten = now.plus_ms(-LIVEKIT_EVENTS_KEPT_MS);
        self.store.forget_livekit_side(forgotten).await?;
        self.store.forget_events(now.plus_ms(-EVENTS_KEPT_MS)).await?;
        for webhook_id in self.store.disable_backlogged(WEBHOOK_BACKLOG_MAX).await? {
            tracing::warn!(webhook_id, "disable a webhook that too much waits for");
        }
        self.end_overdue(now).await?;
        self.end_by_time(OVERTIME_MS, ROOMS_PER_SWEEP).await?;
        for (room_id, livekit_room) in self.store.rooms_to_close(ROOMS_PER_SWEEP).await? {
            match closing::close(&*self.livekit, &livekit_room).await {
                Ok(()) => self.store.close_livekit(&room_id).await?,
                Err(error) => {
                    tracing::warn!(room_id, %error, "delete the LiveKit room of an ended room");
                    break;
                }
            }
        }
        Ok(())
    }

    /// Ends rooms that nobody plays any more, or whose worker lost track of time.
    async fn end_overdue(&self, now: Timestamp) -> Result<(), Error> {
        let most_ms = i64::try_from(self.bounds.max_duration_s)
            .unwrap_or(i64::MAX)
            .saturating_mul(1_000)
            .saturating_add(OVERTIME_MS);
        let before = Timestamp(now.0.saturating_sub(most_ms));
        for (project_id, room_id) in self.store.rooms_started_before(before, ROOMS_PER_SWEEP).await? {
            self.end_overdue_room(&project_id, &room_id, EndReason::MaxDuration)
                .await?;
        }
        Ok(())
    }

    pub(super) async fn end_overdue_room(
        &self,
        project_id: &str,
        room_id: &str,
        reason: EndReason,
    ) -> Result<(), Error> {
        let ended = self.store.end_room(project_id, room_id, reason).await?;
        self.tell(ended.worker_id);
        self.wakeups.wake(&Topic::Room(room_id.to_owned()));
        Ok(())
    }
}
