//! A piece of a track that is handed in as a whole.

use std::io;

use bytes::Bytes;

use crate::opus_file::{OpusWriter, PACKET_MS};

/// Packets of a whole segment: 10 s.
pub(super) const SEGMENT_PACKETS: u64 = 500;

/// Up to 10 s of one track, an Ogg/Opus file by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// The track's number within the tape.
    pub track: u32,
    /// Counts up from 1 within the track.
    pub sequence: u32,
    /// Where it begins, ms since the room's start.
    pub start_ms: u64,
    /// The file.
    pub file: Bytes,
}

/// The segments of one track, one after the other.
pub(super) struct Segments {
    track: u32,
    /// The tape's beginning, ms since the room's start.
    origin_ms: u64,
    open: Option<Open>,
    /// Segments given out so far.
    pub(super) count: u32,
}

struct Open {
    first_packet: u64,
    writer: OpusWriter<Vec<u8>>,
}

impl Segments {
    pub(super) fn new(track: u32, origin_ms: u64) -> Self {
        Self {
            track,
            origin_ms,
            open: None,
            count: 0,
        }
    }

    /// Adds the tape's packet number `at`; answers the segment that ends with it.
    pub(super) fn push(&mut self, at: u64, packet: &[u8]) -> io::Result<Option<Segment>> {
        let open = match &mut self.open {
            Some(open) => open,
            none => none.insert(Open {
                first_packet: at,
                writer: OpusWriter::new(Vec::new(), self.track)?,
            }),
        };
        open.writer.push(packet)?;
        // All tracks of a tape are cut at the same moments.
        if (at + 1).is_multiple_of(SEGMENT_PACKETS) {
            return self.end();
        }
        Ok(None)
    }

    /// Ends the segment that is open.
    pub(super) fn end(&mut self) -> io::Result<Option<Segment>> {
        let Some(Open { first_packet, writer }) = self.open.take() else {
            return Ok(None);
        };
        let file = writer.finish()?.into();
        self.count += 1;
        Ok(Some(Segment {
            track: self.track,
            sequence: self.count,
            start_ms: self.origin_ms + first_packet * PACKET_MS,
            file,
        }))
    }
}
