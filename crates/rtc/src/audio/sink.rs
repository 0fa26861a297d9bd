use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    OPUS_CLOCK_HZ, StereoResampler,
    frames::{Capture, FrameQueue, PcmFrame},
};
use crate::{
    opus::{Format, Rate},
    receive::{Piece, Played},
};

/// The track's end of a queue of received audio. The stream ends when it goes.
#[derive(Debug)]
pub struct AudioSink {
    queue: Arc<FrameQueue>,
    /// From the rate of the audio that comes, once some came.
    resampler: Option<StereoResampler>,
    rate: Option<Rate>,
    /// At the channels of the audio that comes.
    mixed: Vec<i16>,
    converted: Vec<i16>,
    kind: Played,
    /// The latest time of capture given.
    captured_at: Option<Instant>,
}

impl AudioSink {
    pub(super) fn of(queue: Arc<FrameQueue>) -> Self {
        Self {
            queue,
            resampler: None,
            rate: None,
            mixed: Vec::new(),
            converted: Vec::new(),
            kind: Played::Silence,
            captured_at: None,
        }
    }

    pub(super) fn queue(&self) -> &Arc<FrameQueue> {
        &self.queue
    }

    /// Takes decoded audio.
    pub(crate) fn push(&mut self, pcm: &[i16], format: Format, kind: Played) {
        self.take(pcm, format, kind, None);
    }

    /// Takes a piece that may have a time.
    pub(crate) fn push_piece(&mut self, piece: &Piece<'_>) {
        let capture = Capture {
            at: piece.captured_at,
            media_samples: piece.media_samples,
        };
        self.take(piece.pcm, piece.format, piece.kind, Some(capture));
    }

    fn take(&mut self, pcm: &[i16], format: Format, kind: Played, capture: Option<Capture>) {
        if self.queue.is_closed() {
            return;
        }
        let rate_hz = self.queue.wants().sample_rate_hz;
        let channels = format.channels.count();
        let wanted = self.queue.wants().channels.min(2) as usize;
        let span = pcm.len() / channels * format.rate.ticks();
        // Another reader may come or go, and the decoder's rate changes with it.
        if self.rate != Some(format.rate) {
            self.rate = Some(format.rate);
            self.resampler = StereoResampler::new(format.rate.hz(), rate_hz, wanted);
        }
        self.mixed.clear();
        mix(pcm, channels, wanted, &mut self.mixed);
        match &mut self.resampler {
            None => self.converted.extend_from_slice(&self.mixed),
            Some(resampler) => resampler.process(&self.mixed, &mut self.converted),
        }
        self.kind = self.kind.max(kind);
        let length = (rate_hz / 100).max(1) as usize * wanted;
        let mut is_whole = false;
        while self.converted.len() >= length {
            // The end of what is converted is the end of the piece.
            let before = self.converted.len() / wanted;
            let mut capture = capture.map(|capture| self.shift(capture, span, before));
            if let Some(capture) = &mut capture {
                // A frame that begins in the piece before is placed by this one, which may lie earlier: the
                // times of pieces stand still while the network's least delay becomes shorter.
                let latest = self.captured_at.get_or_insert(capture.at);
                *latest = (*latest).max(capture.at);
                capture.at = *latest;
            }
            let frame = PcmFrame {
                samples: self.converted.drain(..length).collect(),
                sample_rate_hz: rate_hz,
                channels: wanted as u32,
                kind: std::mem::replace(&mut self.kind, Played::Silence),
                capture,
            };
            self.queue.put(frame);
            is_whole = true;
        }
        if is_whole {
            self.queue.wake();
        }
    }

    /// The capture of the first of `waiting` samples of ours that end with a piece of `span` samples.
    fn shift(&self, capture: Capture, span: usize, waiting: usize) -> Capture {
        let rate = u64::from(self.queue.wants().sample_rate_hz.max(1));
        let end = Duration::from_micros(span as u64 * 1_000_000 / u64::from(OPUS_CLOCK_HZ));
        let back = Duration::from_micros(waiting as u64 * 1_000_000 / rate);
        let end_samples = capture.media_samples.map(|media| media + span as u64);
        Capture {
            at: (capture.at + end).checked_sub(back).unwrap_or(capture.at),
            media_samples: end_samples
                .map(|end| end.saturating_sub(waiting as u64 * u64::from(OPUS_CLOCK_HZ) / rate)),
        }
    }
}

impl Drop for AudioSink {
    fn drop(&mut self) {
        self.queue.close();
    }
}

/// Brings interleaved audio from one number of channels (1 or 2) to another.
pub(super) fn mix(pcm: &[i16], from: usize, to: usize, out: &mut Vec<i16>) {
    match (from, to) {
        (2, 1) => out.extend(pcm.chunks_exact(2).map(|pair| match pair {
            [left, right] => i16::midpoint(*left, *right),
            _ => 0,
        })),
        (1, 2) => out.extend(pcm.iter().flat_map(|sample| [*sample; 2])),
        _ => out.extend_from_slice(pcm),
    }
}

#[cfg(test)]
mod tests;
