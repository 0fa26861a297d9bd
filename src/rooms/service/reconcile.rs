//! LiveKit's word on rooms that are played: what it tells by itself, and what it has when asked.

use std::collections::HashMap;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Rooms;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::livekit::webhook::{Happening, Notice};
use crate::rooms::reconcile::{Played, Remedy, Seen};
use crate::rooms::room::EndReason;
use crate::rooms::wakeups::Topic;

/// Time between two comparisons with what LiveKit has.
const RECONCILE_INTERVAL: Duration = Duration::from_secs(30);
/// Rooms that LiveKit is asked for at once.
const ROOMS_PER_QUESTION: u32 = 200;

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// It was acted upon.
    Now,
    /// It was told before.
    Before,
}

impl Rooms {
    /// Acts on a genuine notice of LiveKit, once.
    ///
    /// # Errors
    /// When LiveKit can't be asked or the database fails; told again, the notice counts as new.
    pub async fn note(&self, notice: &Notice) -> Result<Noted, Error> {
        if !notice.id.is_empty() && !self.store.note_livekit_event(&notice.id).await? {
            return Ok(Noted::Before);
        }
        let acted = self.act(&notice.what).await;
        if acted.is_err() {
            self.store.forget_livekit_event(&notice.id).await?;
        }
        acted.map(|()| Noted::Now)
    }

    async fn act(&self, what: &Happening) -> Result<(), Error> {
        match what {
            Happening::RoomFinished { room, sid } => {
                // The notice may be late, and the name may belong to another room by now.
                let successors = self.livekit.list_rooms(vec![room.clone()]).await?;
                if successors.iter().any(|now| now.name == *room && now.sid != *sid) {
                    return Ok(());
                }
                self.end_played_in(room, EndReason::Closed).await
            }
            Happening::PersonJoined { room } => match self.store.room_played_in(room).await? {
                Some(played) => self.store.unwatch_room(&played.room_id).await,
                None => Ok(()),
            },
            Happening::Other => Ok(()),
        }
    }

    /// Ends the room that was started in this LiveKit room, if any. One that was not started stays: its LiveKit
    /// room is made anew when it is.
    pub(super) async fn end_played_in(&self, livekit_room: &str, reason: EndReason) -> Result<(), Error> {
        let Some(played) = self.store.room_played_in(livekit_room).await? else {
            return Ok(());
        };
        if !played.started {
            return Ok(());
        }
        let ended = self
            .store
            .end_room(&played.project_id, &played.room_id, reason)
            .await?;
        self.tell(ended.worker_id);
        self.wakeups.wake(&Topic::Room(played.room_id));
        // Whoever was about to come back would find the room made again by their token.
        self.wakeups.wake(&Topic::Sweep);
        Ok(())
    }

    /// Compares with LiveKit until `shutdown`.
    pub async fn reconcile_until(&self, shutdown: CancellationToken) {
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = tokio::time::sleep(RECONCILE_INTERVAL) => {}
            }
            if let Err(error) = self.reconcile().await {
                tracing::warn!(%error, "compare rooms with LiveKit's");
            }
        }
    }

    /// Compares every started room with what LiveKit has, once.
    ///
    /// # Errors
    /// When LiveKit or the database fails; nothing is decided without both.
    pub async fn reconcile(&self) -> Result<(), Error> {
        self.reconcile_at(self.store.now().await?).await
    }

    /// As [`Self::reconcile`], at this time of the database's clock.
    ///
    /// # Errors
    /// As there.
    pub async fn reconcile_at(&self, now: Timestamp) -> Result<(), Error> {
        let mut after = 0;
        loop {
            let played = self.store.rooms_played(after, ROOMS_PER_QUESTION).await?;
            let Some(last) = played.last() else {
                return Ok(());
            };
            after = last.seq;
            let names = played.iter().map(|room| room.livekit_room.clone()).collect();
            let found: HashMap<String, u32> = self
                .livekit
                .list_rooms(names)
                .await?
                .into_iter()
                .map(|room| (room.name, room.num_participants))
                .collect();
            for room in played {
                let seen = match found.get(&room.livekit_room) {
                    None => Seen::Missing,
                    Some(0) => Seen::Deserted,
                    Some(_) => Seen::Peopled,
                };
                self.remedy(&room, seen, now).await?;
            }
        }
    }

    async fn remedy(&self, room: &Played, seen: Seen, now: Timestamp) -> Result<(), Error> {
        let empty_timeout_ms = i64::try_from(self.bounds.empty_timeout_s)
            .unwrap_or(i64::MAX)
            .saturating_mul(1_000);
        match room.remedy(seen, now, empty_timeout_ms) {
            Remedy::Leave => {}
            Remedy::Watch => self.store.watch_room(&room.room_id, now).await?,
            Remedy::Settle => self.store.unwatch_room(&room.room_id).await?,
            Remedy::Remake => {
                tracing::info!(room_id = room.room_id, "make a lost LiveKit room again");
                self.livekit
                    .create_room(&room.livekit_room, self.bounds.livekit_timeouts())
                    .await?;
            }
            Remedy::End => {
                tracing::info!(room_id = room.room_id, "end a room that nobody came back to");
                self.end_played_in(&room.livekit_room, EndReason::Empty).await?;
            }
        }
        Ok(())
    }
}
