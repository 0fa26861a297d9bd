//! Which segments wait for the API, and what became of the tracks: state without I/O.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;

use super::spool::Kept;
use crate::protocol::{RecordedTrack, RecordingFault};
use crate::recorder::{Segment, TrackEnd, TrackInfo};

/// Segments of one room that wait in memory because the disk takes none, about 40 KB each. Full: the segment is
/// lost and its track partial.
pub(super) const IN_MEMORY_MAX: usize = 32;

/// A segment's file.
pub(super) enum File {
    /// On disk.
    Kept(Kept),
    /// The disk took it not.
    Memory(Bytes),
}

/// A segment that waits.
pub(super) struct Waiting {
    pub(super) track: u32,
    pub(super) sequence: u32,
    pub(super) start_ms: u64,
    pub(super) blake3: String,
    pub(super) file: File,
}

/// What is known of one room's recording.
#[derive(Default)]
pub(super) struct Backlog {
    tracks: BTreeMap<u32, RecordedTrack>,
    /// Tracks of which the API was not told yet, or not all.
    news: bool,
    waiting: VecDeque<Waiting>,
    in_memory: usize,
}

impl Backlog {
    pub(super) fn begin(&mut self, track: u32, info: TrackInfo) {
        let recorded = RecordedTrack {
            track,
            kind: info.kind,
            identity: info.identity,
            name: info.name,
            character_id: info.character_id,
            segments: None,
            fault: None,
        };
        self.tracks.insert(track, recorded);
        self.news = true;
    }

    pub(super) fn end(&mut self, end: &TrackEnd) {
        if let Some(track) = self.tracks.get_mut(&end.track) {
            track.segments = Some(end.segments);
            if let Some(fault) = end.fault {
                track.fault.get_or_insert(fault);
            }
            self.news = true;
        }
    }

    /// Queues a segment that is on disk, or, when the disk did not take it, in memory as long as there is room.
    pub(super) fn push(&mut self, segment: Segment, kept: std::io::Result<Kept>) {
        let file = match kept {
            Ok(kept) => File::Kept(kept),
            Err(error) if self.in_memory < IN_MEMORY_MAX => {
                tracing::warn!(%error, "keep a recorded segment on disk; it waits in memory");
                self.in_memory += 1;
                File::Memory(segment.file.clone())
            }
            Err(error) => {
                tracing::error!(%error, "keep a recorded segment; it is lost");
                self.fail(segment.track, RecordingFault::SpoolFull);
                return;
            }
        };
        self.waiting.push_back(Waiting {
            track: segment.track,
            sequence: segment.sequence,
            start_ms: segment.start_ms,
            blake3: blake3::hash(&segment.file).to_hex().to_string(),
            file,
        });
    }

    pub(super) fn fail(&mut self, track: u32, fault: RecordingFault) {
        if let Some(track) = self.tracks.get_mut(&track) {
            track.fault.get_or_insert(fault);
            self.news = true;
        }
    }

    /// The segment to hand in next; [`Self::done`] takes it away.
    pub(super) fn first(&self) -> Option<&Waiting> {
        self.waiting.front()
    }

    pub(super) fn done(&mut self) {
        if let Some(Waiting {
            file: File::Memory(_),
            ..
        }) = self.waiting.pop_front()
        {
            self.in_memory -= 1;
        }
    }

    /// All tracks, when the API should be told of them.
    pub(super) fn news(&mut self) -> Option<Vec<RecordedTrack>> {
        std::mem::take(&mut self.news).then(|| self.tracks.values().cloned().collect())
    }

    /// The API was not told after all.
    pub(super) fn tell_again(&mut self) {
        self.news = true;
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use std::io::{Error, ErrorKind};

    use super::*;
    use crate::protocol::TrackKind;

    fn info() -> TrackInfo {
        TrackInfo {
            kind: TrackKind::Participant,
            identity: "guest".into(),
            name: None,
            character_id: None,
        }
    }

    fn segment(sequence: u32) -> Segment {
        Segment {
            track: 1,
            sequence,
            start_ms: 0,
            file: Bytes::from_static(b"sound"),
        }
    }

    fn full() -> std::io::Result<Kept> {
        Err(Error::from(ErrorKind::StorageFull))
    }

    #[test]
    fn a_full_disk_costs_nothing_until_memory_is_full_too() {
        let mut backlog = Backlog::default();
        backlog.begin(1, info());
        for sequence in 1..=IN_MEMORY_MAX as u32 {
            backlog.push(segment(sequence), full());
        }
        assert_eq!(backlog.news().unwrap()[0].fault, None);
        backlog.push(segment(100), full());
        assert_eq!(backlog.news().unwrap()[0].fault, Some(RecordingFault::SpoolFull));
        assert_eq!(backlog.first().unwrap().sequence, 1);
        backlog.done();
        backlog.push(segment(101), full());
        assert_eq!(backlog.waiting.back().unwrap().sequence, 101);
    }

    #[test]
    fn the_first_fault_of_a_track_stays_and_ends_are_news() {
        let mut backlog = Backlog::default();
        backlog.begin(1, info());
        assert!(backlog.news().is_some());
        assert!(backlog.news().is_none());
        backlog.fail(1, RecordingFault::UploadFailed);
        backlog.end(&TrackEnd {
            track: 1,
            segments: 4,
            fault: Some(RecordingFault::FramesDropped),
        });
        let track = backlog.news().unwrap().remove(0);
        assert_eq!(
            (track.segments, track.fault),
            (Some(4), Some(RecordingFault::UploadFailed))
        );
    }
}
