//! What workers hand in of a recording, until it is joined.

use sqlx::SqliteConnection;

use super::{Store, claims, now, rooms};
use crate::protocol::{RecordedTrack, RecordingRequest};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::recording::{NewSegment, RoomToJoin, SegmentRow, SegmentStored, Take, TakenTrack};

impl Store {
    /// Writes down what the holder of an epoch says of its tracks.
    ///
    /// # Errors
    /// When the worker does not hold the room under this epoch, or the database fails.
    pub async fn tell_recording(&self, room_id: &str, request: &RecordingRequest) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let at = now(&mut tx).await?;
        check_holder(&mut tx, room_id, &request.worker_id, request.epoch).await?;
        let epoch = signed(request.epoch);
        sqlx::query(
            "INSERT INTO recording_takes (room_id, epoch, finished_at) VALUES (?, ?, ?)
             ON CONFLICT (room_id, epoch) DO UPDATE SET finished_at = COALESCE(finished_at, excluded.finished_at)",
        )
        .bind(room_id)
        .bind(epoch)
        .bind(request.finished.then_some(at))
        .execute(&mut *tx)
        .await?;
        for track in &request.tracks {
            sqlx::query(
                "INSERT INTO recording_tracks (room_id, epoch, track, body) VALUES (?, ?, ?, ?)
                 ON CONFLICT (room_id, epoch, track) DO UPDATE SET body = excluded.body",
            )
            .bind(room_id)
            .bind(epoch)
            .bind(track.track)
            .bind(serde_json::to_string(track).map_err(|_| Error::Corrupt("recorded track"))?)
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }

    /// Whether a segment may be stored, and whether it is already.
    ///
    /// # Errors
    /// When the worker does not hold the room under the segment's epoch, it told of no such track, another
    /// segment has this place, or the database fails.
    pub async fn check_segment(
        &self,
        worker_id: &str,
        segment: &NewSegment,
    ) -> Result<Option<SegmentStored>, Error> {
        let mut connection = self.reader.acquire().await?;
        check(&mut connection, worker_id, segment).await
    }

    /// Writes down a segment whose file is stored.
    ///
    /// # Errors
    /// As [`Self::check_segment`].
    pub async fn insert_segment(
        &self,
        worker_id: &str,
        segment: &NewSegment,
    ) -> Result<SegmentStored, Error> {
        let mut tx = self.write().await?;
        if let Some(stored) = check(&mut tx, worker_id, segment).await? {
            return Ok(stored);
        }
        sqlx::query(
            "INSERT INTO recording_segments (room_id, epoch, track, sequence, start_ms, packets, blake3)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&segment.room_id)
        .bind(signed(segment.epoch))
        .bind(segment.track)
        .bind(segment.sequence)
        .bind(signed(segment.start_ms))
        .bind(signed(segment.packets))
        .bind(segment.blake3.as_slice())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(SegmentStored::New)
    }

    /// Rooms that are over, are to be recorded, and from whose holder nothing more comes: it released the room,
    /// is gone, or ended before `given_up` and never finished. At most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rooms_to_join(&self, given_up: Timestamp, limit: u32) -> Result<Vec<RoomToJoin>, Error> {
        let mut connection = self.reader.acquire().await?;
        let at = now(&mut connection).await?;
        let rows: Vec<(String, Timestamp)> = sqlx::query_as(
            "SELECT r.id, COALESCE(r.started_at, r.created_at) FROM rooms r
             LEFT JOIN workers w ON w.id = r.worker_id
             WHERE r.record = 1 AND r.ended_at IS NOT NULL AND r.recorded_at IS NULL
               AND (r.worker_id IS NULL OR COALESCE(w.lease_until, 0) <= ?1 OR r.ended_at <= ?2)
             ORDER BY r.ended_at LIMIT ?3",
        )
        .bind(at)
        .bind(given_up)
        .bind(limit)
        .fetch_all(&mut *connection)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(id, started_at)| RoomToJoin { id, started_at })
            .collect())
    }

    /// Everything that was handed in of a room, by epoch.
    ///
    /// # Errors
    /// When the database fails or a row is not what this version writes.
    pub async fn takes(&self, room_id: &str) -> Result<Vec<Take>, Error> {
        // One snapshot, so that tracks and segments belong together.
        let mut tx = self.reader.begin().await?;
        let takes: Vec<(i64, Option<Timestamp>)> = sqlx::query_as(
            "SELECT epoch, finished_at FROM recording_takes WHERE room_id = ? ORDER BY epoch",
        )
        .bind(room_id)
        .fetch_all(&mut *tx)
        .await?;
        let tracks: Vec<(i64, String)> =
            sqlx::query_as("SELECT epoch, body FROM recording_tracks WHERE room_id = ? ORDER BY epoch, track")
                .bind(room_id)
                .fetch_all(&mut *tx)
                .await?;
        let segments = segments(&mut tx, room_id).await?;
        let mut made: Vec<Take> = takes
            .into_iter()
            .map(|(epoch, finished_at)| Take {
                epoch: unsigned(epoch),
                finished: finished_at.is_some(),
                tracks: Vec::new(),
            })
            .collect();
        for (epoch, body) in tracks {
            let told: RecordedTrack =
                serde_json::from_str(&body).map_err(|_| Error::Corrupt("recorded track"))?;
            let epoch = unsigned(epoch);
            let of_track = |row: &&SegmentRow| row.epoch == epoch && row.track == told.track;
            let segments = segments.iter().filter(of_track).cloned().collect();
            if let Some(take) = made.iter_mut().find(|take| take.epoch == epoch) {
                take.tracks.push(TakenTrack { told, segments });
            }
        }
        Ok(made)
    }

    /// Rooms whose segments are needed no more, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rooms_with_spent_takes(&self, limit: u32) -> Result<Vec<String>, Error> {
        Ok(sqlx::query_scalar(
            "SELECT DISTINCT t.room_id FROM recording_takes t JOIN rooms r ON r.id = t.room_id
             WHERE r.recorded_at IS NOT NULL LIMIT ?",
        )
        .bind(limit)
        .fetch_all(&self.reader)
        .await?)
    }

    /// Forgets everything that was handed in of a room.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_takes(&self, room_id: &str) -> Result<(), Error> {
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

async fn check_holder(
    connection: &mut SqliteConnection,
    room_id: &str,
    worker_id: &str,
    epoch: u64,
) -> Result<(), Error> {
    let room = rooms::find_any(connection, room_id).await?;
    claims::lease_of(&room)
        .check(worker_id, epoch)
        .map_err(|_| Error::STALE_EPOCH)?;
    Ok(())
}

async fn check(
    connection: &mut SqliteConnection,
    worker_id: &str,
    segment: &NewSegment,
) -> Result<Option<SegmentStored>, Error> {
    check_holder(connection, &segment.room_id, worker_id, segment.epoch).await?;
    let known: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM recording_tracks WHERE room_id = ? AND epoch = ? AND track = ?)",
    )
    .bind(&segment.room_id)
    .bind(signed(segment.epoch))
    .bind(segment.track)
    .fetch_one(&mut *connection)
    .await?;
    if !known {
        return Err(Error::UNKNOWN_TRACK);
    }
    let stored: Option<Vec<u8>> = sqlx::query_scalar(
        "SELECT blake3 FROM recording_segments WHERE room_id = ? AND epoch = ? AND track = ? AND sequence = ?",
    )
    .bind(&segment.room_id)
    .bind(signed(segment.epoch))
    .bind(segment.track)
    .bind(segment.sequence)
    .fetch_optional(connection)
    .await?;
    match stored {
        None => Ok(None),
        Some(hash) if hash == segment.blake3 => Ok(Some(SegmentStored::Already)),
        Some(_) => Err(Error::SEGMENT_DIFFERS),
    }
}

async fn segments(connection: &mut SqliteConnection, room_id: &str) -> sqlx::Result<Vec<SegmentRow>> {
    let rows: Vec<(i64, u32, u32, i64, i64)> = sqlx::query_as(
        "SELECT epoch, track, sequence, start_ms, packets FROM recording_segments WHERE room_id = ?
         ORDER BY epoch, track, sequence",
    )
    .bind(room_id)
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(epoch, track, sequence, start_ms, packets)| SegmentRow {
            epoch: unsigned(epoch),
            track,
            sequence,
            start_ms: unsigned(start_ms),
            packets: unsigned(packets),
        })
        .collect())
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
