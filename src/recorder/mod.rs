//! Records rooms: each participant's sound and a mix of all, as Ogg/Opus in segments of 10 s.
//!
//! ```text
//! track → ring buffer → window on the room's time line → Opus ─► segment
//!                              └────── sum ──────► mix → Opus ─► segment
//! ```
//!
//! One thread serves all rooms of the process. Whoever has sound stamps it, writes it to a ring and never waits;
//! a full ring drops what is new and counts it, and the recording says that it is partial. A tape keeps one time
//! line: silence stands where nobody speaks, so all files of a room begin at the same moment.

mod block;
mod placement;
mod segment;
mod sound;
mod tape;
mod thread;
mod track;
mod voice;
mod window;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use ringbuf::HeapProd;
use ringbuf::traits::Producer;

pub use segment::Segment;
pub use sound::RecordedSink;
pub use tape::{Taped, TrackEnd};
pub use thread::{Recorder, RoomRecorder};

use self::block::{BLOCK_SAMPLES, Block};
use self::placement::Placement;
use crate::protocol::TrackKind;

/// Sample rate of everything that is recorded, Hz, mono.
pub const RECORDED_RATE_HZ: u32 = crate::opus_file::RATE_HZ;
/// Capacity of a ring, blocks of 10 ms: 1.5 s.
const RING_BLOCKS: usize = 150;

/// The recorder could not be made.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the recorder can't start: {0}")]
pub struct RecorderError(String);

/// Whose sound a track holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackInfo {
    /// A participant, or all of them together.
    pub kind: TrackKind,
    /// LiveKit identity; empty for the mix.
    pub identity: String,
    /// Name for people.
    pub name: Option<String>,
    /// The character, if it is one.
    pub character_id: Option<String>,
}

/// What both sides of a track see.
#[derive(Debug, Default)]
struct Shared {
    closed: AtomicBool,
    /// Samples that found the ring full.
    overrun: AtomicU64,
}

/// How a source hands over its sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrival {
    /// As it was received: wake-ups may be late, so only a long gap counts as one.
    Received,
    /// Ahead of time, to be sent back to back: every gap counts.
    Paced,
}

/// Where a participant's sound goes in; the track ends when it is dropped.
pub struct TrackInput {
    ring: HeapProd<Block>,
    shared: Arc<Shared>,
    placement: Placement,
    /// The tape's beginning.
    began: Instant,
}

impl TrackInput {
    /// Takes PCM at [`RECORDED_RATE_HZ`] that arrives now; never waits.
    pub fn push(&mut self, pcm: &[i16]) {
        self.push_at(position(self.began.elapsed()), pcm);
    }

    /// What was handed over and not sent by now is never sent.
    pub fn cut(&mut self) {
        self.cut_at(position(self.began.elapsed()));
    }

    fn push_at(&mut self, now: u64, pcm: &[i16]) {
        for piece in pcm.chunks(BLOCK_SAMPLES) {
            let Some(at) = self.placement.place(now, piece.len() as u64) else {
                self.count_dropped(piece.len());
                continue;
            };
            if self.ring.try_push(Block::sound(at, piece)).is_err() {
                self.count_dropped(piece.len());
            }
        }
    }

    fn cut_at(&mut self, now: u64) {
        if let Some(from) = self.placement.cut(now)
            && self.ring.try_push(Block::cut(from)).is_err()
        {
            self.count_dropped(0);
        }
    }

    fn count_dropped(&self, samples: usize) {
        // A lost cut has no samples and is a loss all the same.
        self.shared
            .overrun
            .fetch_add((samples as u64).max(1), Ordering::Relaxed);
    }
}

impl Drop for TrackInput {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::Release);
    }
}

/// A time as samples.
fn position(time: std::time::Duration) -> u64 {
    u64::try_from(time.as_micros() * u128::from(RECORDED_RATE_HZ) / 1_000_000).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
