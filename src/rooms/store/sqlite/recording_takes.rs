//! What workers hand in of a recording, until it is joined.

use async_trait::async_trait;
use sqlx::SqliteConnection;

use super::{SqliteStore, now, rooms};
use crate::protocol::RecordingRequest;
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::recording::{NewSegment, RoomToJoin, SegmentStored, Take};
use crate::rooms::store::contract::RecordingTakeRows;
use crate::rooms::store::rows::{
    RoomRow, StoredSegmentRow, TakeRow, TrackRow, compare, into_takes, page, print_track, signed,
};

#[async_trait]
impl RecordingTakeRows for SqliteStore {
    async fn tell_recording(&self, room_id: &str, request: &RecordingRequest) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        let room = rooms::find_any(&mut tx, room_id).await?;
        check_holder(&room, &request.worker_id, request.epoch)?;
        sqlx::query(
            "INSERT INTO recording_takes (room_id, epoch, finished_at) VALUES (?, ?, ?)
             ON CONFLICT (room_id, epoch)
             DO UPDATE SET finished_at = COALESCE(recording_takes.finished_at, excluded.finished_at)",
        )
        .bind(room_id)
        .bind(signed(request.epoch))
        .bind(request.finished.then_some(at))
        .execute(&mut *tx)
        .await?;
        for track in &request.tracks {
            sqlx::query(
                "INSERT INTO recording_tracks (room_id, epoch, track, body) VALUES (?, ?, ?, ?)
                 ON CONFLICT (room_id, epoch, track) DO UPDATE SET body = excluded.body",
            )
            .bind(room_id)
            .bind(signed(request.epoch))
            .bind(i64::from(track.track))
            .bind(print_track(track)?)
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }

    async fn check_segment(
        &self,
        worker_id: &str,
        segment: &NewSegment,
    ) -> Result<Option<SegmentStored>, Error> {
        let mut connection = self.reader.acquire().await?;
        let room = rooms::find_any(&mut connection, &segment.room_id).await?;
        check_holder(&room, worker_id, segment.epoch)?;
        stored(&mut connection, segment).await
    }

    async fn insert_segment(&self, worker_id: &str, segment: &NewSegment) -> Result<SegmentStored, Error> {
        let mut tx = self.write().await?;
        let room = rooms::find_any(&mut tx, &segment.room_id).await?;
        check_holder(&room, worker_id, segment.epoch)?;
        if let Some(stored) = stored(&mut tx, segment).await? {
            return Ok(stored);
        }
        sqlx::query(
            "INSERT INTO recording_segments (room_id, epoch, track, sequence, start_ms, packets, blake3)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&segment.room_id)
        .bind(signed(segment.epoch))
        .bind(i64::from(segment.track))
        .bind(i64::from(segment.sequence))
        .bind(signed(segment.start_ms))
        .bind(signed(segment.packets))
        .bind(segment.blake3.as_slice())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(SegmentStored::New)
    }

    async fn rooms_to_join(&self, given_up: Timestamp, limit: u32) -> Result<Vec<RoomToJoin>, Error> {
        let mut connection = self.reader.acquire().await?;
        let at = now(&mut connection).await?;
        Ok(sqlx::query_as(
            "SELECT r.id, COALESCE(r.started_at, r.created_at) AS started_at FROM rooms r
             LEFT JOIN workers w ON w.id = r.worker_id
             WHERE r.record = 1 AND r.ended_at IS NOT NULL AND r.recorded_at IS NULL
               AND (r.worker_id IS NULL OR COALESCE(w.lease_until, 0) <= ?1 OR r.ended_at <= ?2)
             ORDER BY r.ended_at LIMIT ?3",
        )
        .bind(at)
        .bind(given_up)
        .bind(page(Some(limit)))
        .fetch_all(&mut *connection)
        .await?)
    }

    async fn takes(&self, room_id: &str) -> Result<Vec<Take>, Error> {
        // One snapshot, so that tracks and segments belong together.
        let mut tx = self.reader.begin().await?;
        let takes: Vec<TakeRow> =
            sqlx::query_as("SELECT epoch, finished_at FROM recording_takes WHERE room_id = ? ORDER BY epoch")
                .bind(room_id)
                .fetch_all(&mut *tx)
                .await?;
        let tracks: Vec<TrackRow> = sqlx::query_as(
            "SELECT epoch, body FROM recording_tracks WHERE room_id = ? ORDER BY epoch, track",
        )
        .bind(room_id)
        .fetch_all(&mut *tx)
        .await?;
        let segments: Vec<StoredSegmentRow> = sqlx::query_as(
            "SELECT epoch, track, sequence, start_ms, packets FROM recording_segments WHERE room_id = ?
             ORDER BY epoch, track, sequence",
        )
        .bind(room_id)
        .fetch_all(&mut *tx)
        .await?;
        into_takes(takes, tracks, segments)
    }

    async fn rooms_with_spent_takes(&self, limit: u32) -> Result<Vec<String>, Error> {
        Ok(sqlx::query_scalar(
            "SELECT DISTINCT t.room_id FROM recording_takes t JOIN rooms r ON r.id = t.room_id
             WHERE r.recorded_at IS NOT NULL LIMIT ?",
        )
        .bind(page(Some(limit)))
        .fetch_all(&self.reader)
        .await?)
    }

    async fn forget_takes(&self, room_id: &str) -> Result<(), Error> {
        let mut tx = self.write().await?;
        for query in [
            "DELETE FROM recording_segments WHERE room_id = ?",
            "DELETE FROM recording_tracks WHERE room_id = ?",
            "DELETE FROM recording_takes WHERE room_id = ?",
        ] {
            sqlx::query(query).bind(room_id).execute(&mut *tx).await?;
        }
        Ok(tx.commit().await?)
    }
}

fn check_holder(room: &RoomRow, worker_id: &str, epoch: u64) -> Result<(), Error> {
    match room.lease().check(worker_id, epoch) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::STALE_EPOCH),
    }
}

/// What there is of a segment; its track must be known.
async fn stored(
    connection: &mut SqliteConnection,
    segment: &NewSegment,
) -> Result<Option<SegmentStored>, Error> {
    let found: Option<Option<Vec<u8>>> = sqlx::query_scalar(
        "SELECT s.blake3 FROM recording_tracks t LEFT JOIN recording_segments s
           ON s.room_id = t.room_id AND s.epoch = t.epoch AND s.track = t.track AND s.sequence = ?
         WHERE t.room_id = ? AND t.epoch = ? AND t.track = ?",
    )
    .bind(i64::from(segment.sequence))
    .bind(&segment.room_id)
    .bind(signed(segment.epoch))
    .bind(i64::from(segment.track))
    .fetch_optional(connection)
    .await?;
    compare(found.ok_or(Error::UNKNOWN_TRACK)?, &segment.blake3)
}
