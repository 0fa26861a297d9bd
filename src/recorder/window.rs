//! The part of a track that can still change: from what was encoded last to what was handed over.

use std::collections::VecDeque;

use super::block::BLOCK_SAMPLES;
use super::placement::AHEAD_MAX;
use crate::opus_file::PACKET_SAMPLES;

/// Longest window, samples: what may lie ahead of now, and as much again for what waits to be encoded.
const WINDOW_MAX: usize = 4 * AHEAD_MAX as usize;

/// PCM from `start` on; what nobody wrote is silence.
#[derive(Debug)]
pub(super) struct Window {
    start: u64,
    pcm: VecDeque<i16>,
}

impl Window {
    pub(super) fn new(start: u64) -> Self {
        Self {
            start,
            pcm: VecDeque::new(),
        }
    }

    /// Whether sound of this place can be written yet.
    pub(super) fn reaches(&self, at: u64) -> bool {
        at.saturating_sub(self.start) < (WINDOW_MAX - BLOCK_SAMPLES) as u64
    }

    /// Writes sound; answers how many samples came too late or lie too far ahead.
    pub(super) fn write(&mut self, at: u64, pcm: &[i16]) -> usize {
        let late = usize::try_from(self.start.saturating_sub(at))
            .unwrap_or(usize::MAX)
            .min(pcm.len());
        let pcm = &pcm[late..];
        let offset = usize::try_from(at.saturating_sub(self.start)).unwrap_or(usize::MAX);
        let Some(end) = offset.checked_add(pcm.len()).filter(|end| *end <= WINDOW_MAX) else {
            return late + pcm.len();
        };
        if pcm.is_empty() {
            return late;
        }
        if self.pcm.len() < end {
            self.pcm.resize(end, 0);
        }
        for (slot, sample) in self.pcm.range_mut(offset..end).zip(pcm) {
            *slot = *sample;
        }
        late
    }

    /// Takes back what lies at and behind `from`.
    pub(super) fn cut(&mut self, from: u64) {
        let kept = from.saturating_sub(self.start);
        self.pcm.truncate(usize::try_from(kept).unwrap_or(usize::MAX));
    }

    /// Moves the next packet's sound out.
    pub(super) fn take(&mut self, packet: &mut [i16; PACKET_SAMPLES]) {
        let count = self.pcm.len().min(PACKET_SAMPLES);
        for (slot, sample) in packet.iter_mut().zip(self.pcm.drain(..count)) {
            *slot = sample;
        }
        packet[count..].fill(0);
        self.start += PACKET_SAMPLES as u64;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pcm.is_empty()
    }
}
