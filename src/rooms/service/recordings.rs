//! Recordings: taken in from workers, joined when a room is over, listed, removed.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::Rooms;
use crate::protocol::{RecordingRequest, TrackKind};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::id::new_id;
use crate::rooms::list::After;
use crate::rooms::recording::{
    NewSegment, Plan, Recording, RoomToJoin, SegmentStored, fault_name, join, object_name, plan,
    segments_folder,
};
use crate::rooms::wakeups::Topic;

/// Longest time between two looks for rooms to join.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Time after a room's end after which a holder that still keeps it is waited for no longer, ms.
const GIVE_UP_AFTER_MS: i64 = 10 * 60 * 1000;
/// Rooms joined, and recordings removed, in one go; the rest waits for the next.
const ROOMS_AT_ONCE: u32 = 100;

impl Rooms {
    /// Takes in what a worker says of its tracks.
    ///
    /// # Errors
    /// When the epoch is stale or the database fails.
    pub async fn tell_recording(&self, room_id: &str, request: &RecordingRequest) -> Result<(), Error> {
        self.store.tell_recording(room_id, request).await
    }

    /// Stores a segment; storing it again changes nothing.
    ///
    /// # Errors
    /// When the epoch is stale, the track unknown, another segment has its place, or the files' store or the
    /// database fail.
    pub async fn store_segment(&self, worker_id: &str, segment: NewSegment) -> Result<SegmentStored, Error> {
        if let Some(stored) = self.store.check_segment(worker_id, &segment).await? {
            return Ok(stored);
        }
        let (objects, object) = (&self.recordings.objects, segment.object());
        objects
            .put(&object, segment.file.clone())
            .await
            .map_err(Error::Objects)?;
        self.store.insert_segment(worker_id, &segment).await
    }

    /// The recordings of a project's room, the mix first: a page of `limit` after the recording `after`.
    ///
    /// # Errors
    /// When the room is unknown, `after` is none of its recordings, or the database fails.
    pub async fn recordings(
        &self,
        project_id: &str,
        room_id: &str,
        after: After<'_>,
        limit: Option<u32>,
    ) -> Result<Vec<Recording>, Error> {
        self.store.check_room(project_id, room_id).await?;
        self.store.recordings(room_id, after, limit).await
    }

    /// The recording of everyone together, once it is ready. The caller has seen that the room is the project's.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mixed_recording(&self, room_id: &str) -> Result<Option<Recording>, Error> {
        let recordings = self.store.recordings(room_id, After::Nothing, None).await?;
        Ok(recordings
            .into_iter()
            .find(|recording| recording.kind == TrackKind::Mix))
    }

    /// Removes all recordings of a room that is over, for good; those not yet joined as well.
    ///
    /// # Errors
    /// When the room is unknown or goes on, or the files' store or the database fail.
    pub async fn remove_recordings(&self, project_id: &str, room_id: &str) -> Result<(), Error> {
        if self.store.room(project_id, room_id).await?.ended_at.is_none() {
            return Err(Error::ROOM_GOES_ON);
        }
        // From now on nothing is joined, and what was handed in is swept up.
        self.store.insert_recordings(room_id, &[]).await?;
        self.forget_room(room_id).await?;
        self.wakeups.wake(&Topic::Recordings);
        Ok(())
    }

    /// Joins rooms that are over, and removes what is kept no longer, until `shutdown`.
    pub async fn join_recordings_until(&self, shutdown: CancellationToken) {
        let news = self.wakeups.subscribe(Topic::Recordings);
        loop {
            let woken = news.notified();
            tokio::pin!(woken);
            woken.as_mut().enable();
            if let Err(error) = self.join_recordings().await {
                tracing::warn!(%error, "join recordings, will try again");
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = woken => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Joins what can be joined, and removes what is kept no longer.
    ///
    /// # Errors
    /// When the files' store or the database fail; what is left is done the next time.
    pub async fn join_recordings(&self) -> Result<(), Error> {
        let now = self.store.now().await?;
        let given_up = now.plus_ms(-GIVE_UP_AFTER_MS);
        for room in self.store.rooms_to_join(given_up, ROOMS_AT_ONCE).await? {
            // A room that can't be joined keeps no other from it.
            if let Err(error) = self.join_room(&room).await {
                tracing::warn!(room_id = room.id, %error, "join a recording, will try again");
            }
        }
        for room_id in self.store.rooms_with_spent_takes(ROOMS_AT_ONCE).await? {
            self.remove_objects(&segments_folder(&room_id)).await?;
            self.store.forget_takes(&room_id).await?;
        }
        let days = self.recordings.retention_days;
        for room_id in self
            .store
            .rooms_recorded_too_long(now, days, ROOMS_AT_ONCE)
            .await?
        {
            self.forget_room(&room_id).await?;
        }
        Ok(())
    }

    async fn join_room(&self, room: &RoomToJoin) -> Result<(), Error> {
        let mut recordings = Vec::new();
        let written = self.join_files(room, &mut recordings).await;
        if let Ok(true) = written {
            tracing::info!(room_id = room.id, files = recordings.len(), "join a recording");
            self.wakeups.wake(&Topic::Room(room.id.clone()));
            return Ok(());
        }
        for recording in &recordings {
            let removed = self.recordings.objects.remove(&recording.object()).await;
            removed.map_err(Error::Objects)?;
        }
        written.map(drop)
    }

    /// Makes the files of a room and writes them down; answers whether they are the room's recordings now.
    async fn join_files(&self, room: &RoomToJoin, made: &mut Vec<Recording>) -> Result<bool, Error> {
        for plan in plan(&self.store.takes(&room.id).await?) {
            made.push(self.join_file(room, plan).await?);
        }
        self.store.insert_recordings(&room.id, made).await
    }

    async fn join_file(&self, room: &RoomToJoin, plan: Plan) -> Result<Recording, Error> {
        let id = new_id("rec");
        let object = object_name(&room.id, &id);
        let joined = join(&*self.recordings.objects, &room.id, &plan, &object)
            .await
            .map_err(Error::Objects)?;
        let start_ms = i64::try_from(plan.start_ms).unwrap_or(0);
        let started_at = room.started_at.plus_ms(start_ms);
        Ok(Recording {
            id,
            room_id: room.id.clone(),
            kind: plan.kind,
            identity: Some(plan.identity).filter(|identity| !identity.is_empty()),
            name: plan.name,
            character_id: plan.character_id,
            reason: joined.fault.map(|fault| fault_name(fault).to_owned()),
            packets: joined.packets,
            size_bytes: joined.size_bytes,
            started_at,
            // The database says when.
            created_at: Timestamp(0),
            seq: 0,
        })
    }

    /// Files first: a row without a file can be removed again, a file without a row is never found.
    async fn forget_room(&self, room_id: &str) -> Result<(), Error> {
        self.remove_objects(room_id).await?;
        self.store.forget_recordings(room_id).await
    }

    async fn remove_objects(&self, folder: &str) -> Result<(), Error> {
        let removed = self.recordings.objects.remove_all(folder).await;
        removed.map_err(Error::Objects)
    }
}
