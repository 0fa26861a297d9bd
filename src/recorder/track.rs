//! One participant's track on the recorder's thread.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use ringbuf::HeapCons;
use ringbuf::traits::{Consumer, Observer};
use troupe_rtc::opus::OpusError;

use super::Shared;
use super::block::Block;
use super::segment::{Segment, Segments};
use super::voice::Voice;
use super::window::Window;
use crate::opus_file::{PACKET_SAMPLES, SILENCE};
use crate::protocol::RecordingFault;

/// PCM of one packet.
pub(super) type Packet = [i16; PACKET_SAMPLES];

/// Encodes what it is given and cuts it to segments.
pub(super) struct Writing {
    pub(super) segments: Segments,
    voice: Voice,
    pub(super) fault: Option<RecordingFault>,
}

impl Writing {
    pub(super) fn new(track: u32, origin_ms: u64) -> Result<Self, OpusError> {
        Ok(Self {
            segments: Segments::new(track, origin_ms),
            voice: Voice::new()?,
            fault: None,
        })
    }

    /// Adds the tape's packet number `at`.
    pub(super) fn push(&mut self, at: u64, pcm: &Packet) -> Option<Segment> {
        let packet = match self.voice.encode(pcm) {
            Ok(packet) => packet,
            Err(error) => {
                tracing::error!(%error, "record a packet");
                self.fault = Some(RecordingFault::EncodingFailed);
                &SILENCE
            }
        };
        match self.segments.push(at, packet) {
            Ok(segment) => segment,
            Err(error) => self.broken(&error),
        }
    }

    pub(super) fn end(&mut self) -> Option<Segment> {
        match self.segments.end() {
            Ok(segment) => segment,
            Err(error) => self.broken(&error),
        }
    }

    fn broken(&mut self, error: &std::io::Error) -> Option<Segment> {
        tracing::error!(%error, "record a segment");
        self.fault = Some(RecordingFault::EncodingFailed);
        None
    }
}

/// A participant's track.
pub(super) struct Track {
    pub(super) number: u32,
    pub(super) writing: Writing,
    ring: HeapCons<Block>,
    shared: Arc<Shared>,
    window: Window,
}

impl Track {
    /// A track that begins with the tape's packet number `from`.
    pub(super) fn new(
        number: u32,
        writing: Writing,
        ring: HeapCons<Block>,
        shared: Arc<Shared>,
        from: u64,
    ) -> Self {
        Self {
            number,
            writing,
            ring,
            shared,
            window: Window::new(from * PACKET_SAMPLES as u64),
        }
    }

    /// Takes in what was handed over since.
    pub(super) fn receive(&mut self) {
        let mut lost = 0;
        // After a long standstill the window has to move first.
        while self
            .ring
            .try_peek()
            .is_some_and(|block| self.window.reaches(block.at))
        {
            let Some(block) = self.ring.try_pop() else { break };
            match block.pcm() {
                [] => self.window.cut(block.at),
                pcm => lost += self.window.write(block.at, pcm),
            }
        }
        if lost > 0 || self.shared.overrun.load(Ordering::Relaxed) > 0 {
            self.writing.fault.get_or_insert(RecordingFault::FramesDropped);
        }
    }

    /// Moves the next packet's sound out.
    pub(super) fn take(&mut self, packet: &mut Packet) {
        self.window.take(packet);
    }

    /// Whether nothing follows.
    pub(super) fn is_over(&self) -> bool {
        // In this order: what was written before the end is seen.
        self.shared.closed.load(Ordering::Acquire) && self.ring.is_empty() && self.window.is_empty()
    }
}
