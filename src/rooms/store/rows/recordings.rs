//! `recordings`, and what they are made from: `recording_takes`, `recording_tracks`, `recording_segments`.

use crate::protocol::{RecordedTrack, TrackKind};
use crate::rooms::Timestamp;
use crate::rooms::error::Error;
use crate::rooms::recording::{Recording, SegmentRow, SegmentStored, Take, TakenTrack};

const PARTICIPANT: &str = "participant";
const MIX: &str = "mix";

#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct RecordingRow {
    seq: i64,
    id: String,
    room_id: String,
    kind: String,
    identity: Option<String>,
    name: Option<String>,
    character_id: Option<String>,
    reason: Option<String>,
    packets: i64,
    size_bytes: i64,
    started_at: Timestamp,
    created_at: Timestamp,
}

/// Column `kind`.
pub(in crate::rooms::store) fn kind_name(kind: TrackKind) -> &'static str {
    match kind {
        TrackKind::Participant => PARTICIPANT,
        TrackKind::Mix => MIX,
    }
}

impl From<RecordingRow> for Recording {
    fn from(row: RecordingRow) -> Self {
        Self {
            id: row.id,
            room_id: row.room_id,
            kind: match row.kind.as_str() {
                MIX => TrackKind::Mix,
                _ => TrackKind::Participant,
            },
            identity: row.identity,
            name: row.name,
            character_id: row.character_id,
            reason: row.reason,
            packets: unsigned(row.packets),
            size_bytes: unsigned(row.size_bytes),
            started_at: row.started_at,
            created_at: row.created_at,
            seq: row.seq,
        }
    }
}

#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct StoredSegmentRow {
    epoch: i64,
    track: i64,
    sequence: i64,
    start_ms: i64,
    packets: i64,
}

#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct TakeRow {
    epoch: i64,
    finished_at: Option<Timestamp>,
}

#[derive(Debug, sqlx::FromRow)]
pub(in crate::rooms::store) struct TrackRow {
    epoch: i64,
    body: String,
}

/// Column `body`.
///
/// # Errors
/// Never with the tracks that there are.
pub(in crate::rooms::store) fn print_track(track: &RecordedTrack) -> Result<String, Error> {
    serde_json::to_string(track).map_err(|_| Error::Corrupt("recorded track"))
}

/// What a segment's place holds, compared with the segment that is to be stored there.
///
/// # Errors
/// When it is another one.
pub(in crate::rooms::store) fn compare(
    stored: Option<Vec<u8>>,
    blake3: &[u8; 32],
) -> Result<Option<SegmentStored>, Error> {
    match stored {
        None => Ok(None),
        Some(hash) if hash == blake3 => Ok(Some(SegmentStored::Already)),
        Some(_) => Err(Error::SEGMENT_DIFFERS),
    }
}

/// Puts takes together; all rows are in the order of their keys.
///
/// # Errors
/// When a newer version wrote a row.
pub(in crate::rooms::store) fn into_takes(
    takes: Vec<TakeRow>,
    tracks: Vec<TrackRow>,
    segments: Vec<StoredSegmentRow>,
) -> Result<Vec<Take>, Error> {
    let segments: Vec<SegmentRow> = segments.into_iter().map(Into::into).collect();
    let mut made: Vec<Take> = takes
        .into_iter()
        .map(|row| Take {
            epoch: unsigned(row.epoch),
            finished: row.finished_at.is_some(),
            tracks: Vec::new(),
        })
        .collect();
    for row in tracks {
        let told: RecordedTrack =
            serde_json::from_str(&row.body).map_err(|_| Error::Corrupt("recorded track"))?;
        let epoch = unsigned(row.epoch);
        let of_track = |segment: &&SegmentRow| segment.epoch == epoch && segment.track == told.track;
        let segments = segments.iter().filter(of_track).cloned().collect();
        if let Some(take) = made.iter_mut().find(|take| take.epoch == epoch) {
            take.tracks.push(TakenTrack { told, segments });
        }
    }
    Ok(made)
}

impl From<StoredSegmentRow> for SegmentRow {
    fn from(row: StoredSegmentRow) -> Self {
        let number = |column| u32::try_from(column).unwrap_or(u32::MAX);
        Self {
            epoch: unsigned(row.epoch),
            track: number(row.track),
            sequence: number(row.sequence),
            start_ms: unsigned(row.start_ms),
            packets: unsigned(row.packets),
        }
    }
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
