use std::{
    collections::VecDeque,
    sync::Arc,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use parking_lot::Mutex;

use super::{OPUS_CLOCK_HZ, StereoResampler};
use crate::{
    opus::{Format, Rate},
    receive::{Piece, Played},
};

/// When a reader gets its audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Evenly, in real time, after the delay the network needs: for playing.
    Paced,
    /// As soon as it can be decoded, with the times of capture: for recognising.
    Immediate,
}

/// When the first sample of a frame was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capture {
    /// On our clock, the network's least delay left out; it never falls.
    pub at: Instant,
    /// The sender's samples (48 kHz) since the stream began; `None` for audio made up while nothing came.
    pub media_samples: Option<u64>,
}

/// Ten milliseconds of received audio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PcmFrame {
    /// Interleaved samples.
    pub samples: Vec<i16>,
    /// Samples a second and channel.
    pub sample_rate_hz: u32,
    /// Channels.
    pub channels: u32,
    /// What it holds; of several kinds the last in their order.
    pub kind: Played,
    /// When it was recorded; only with [`Delivery::Immediate`].
    pub capture: Option<Capture>,
}

/// A reader's queue of received audio. When it is full the oldest frame is dropped and counted.
#[derive(Debug, Clone)]
pub struct AudioSink {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    delivery: Delivery,
    sample_rate_hz: u32,
    channels: u32,
    capacity_frames: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    frames: VecDeque<PcmFrame>,
    /// From the rate of the audio that comes, once some came.
    resampler: Option<StereoResampler>,
    rate: Option<Rate>,
    /// At the channels of the audio that comes.
    mixed: Vec<i16>,
    converted: Vec<i16>,
    kind: Played,
    /// The latest time of capture given.
    captured_at: Option<Instant>,
    waker: Option<Waker>,
    dropped_frames: u64,
    closed: bool,
}

impl AudioSink {
    /// A queue of at most `capacity_frames` frames of 10 ms; 0 sets no limit. Audio of one channel is the
    /// same in all of `channels`.
    #[must_use]
    pub fn new(delivery: Delivery, sample_rate_hz: u32, channels: u32, capacity_frames: usize) -> Self {
        let channels = channels.max(1);
        let state = State {
            frames: VecDeque::with_capacity(capacity_frames.min(64)),
            resampler: None,
            rate: None,
            mixed: Vec::new(),
            converted: Vec::new(),
            kind: Played::Silence,
            captured_at: None,
            waker: None,
            dropped_frames: 0,
            closed: false,
        };
        let shared = Shared {
            delivery,
            sample_rate_hz,
            channels,
            capacity_frames,
            state: Mutex::new(state),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// When it gets its audio.
    #[must_use]
    pub fn delivery(&self) -> Delivery {
        self.shared.delivery
    }

    /// Whether it wants more than one channel.
    #[must_use]
    pub fn is_stereo(&self) -> bool {
        self.shared.channels > 1
    }

    /// The samples a second and channel that it gives.
    #[must_use]
    pub fn rate_hz(&self) -> u32 {
        self.shared.sample_rate_hz
    }

    /// Frames dropped because the reader was slow.
    #[must_use]
    pub fn dropped_frames(&self) -> u64 {
        self.shared.state.lock().dropped_frames
    }

    /// Ends the stream; frames that wait are forgotten.
    pub fn close(&self) {
        let waker = {
            let mut state = self.shared.state.lock();
            state.closed = true;
            state.frames.clear();
            state.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Whether the stream has ended.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.state.lock().closed
    }

    /// The next frame; `None` when the stream has ended.
    pub fn poll_frame(&self, context: &mut Context<'_>) -> Poll<Option<PcmFrame>> {
        let mut state = self.shared.state.lock();
        if let Some(frame) = state.frames.pop_front() {
            return Poll::Ready(Some(frame));
        }
        if state.closed {
            return Poll::Ready(None);
        }
        state.waker = Some(context.waker().clone());
        Poll::Pending
    }

    /// Takes decoded audio.
    pub(crate) fn push(&self, pcm: &[i16], format: Format, kind: Played) {
        self.take(pcm, format, kind, None);
    }

    /// Takes a piece that may have a time.
    pub(crate) fn push_piece(&self, piece: &Piece<'_>) {
        let capture = Capture {
            at: piece.captured_at,
            media_samples: piece.media_samples,
        };
        self.take(piece.pcm, piece.format, piece.kind, Some(capture));
    }

    fn take(&self, pcm: &[i16], format: Format, kind: Played, capture: Option<Capture>) {
        let channels = format.channels.count();
        let wanted = self.shared.channels.min(2) as usize;
        let span = pcm.len() / channels * format.rate.ticks();
        let waker = {
            let mut state = self.shared.state.lock();
            if state.closed {
                return;
            }
            let State {
                resampler,
                rate,
                mixed,
                converted,
                ..
            } = &mut *state;
            // Another reader may come or go, and the decoder's rate changes with it.
            if *rate != Some(format.rate) {
                *rate = Some(format.rate);
                *resampler = StereoResampler::new(format.rate.hz(), self.shared.sample_rate_hz, wanted);
            }
            mixed.clear();
            mix(pcm, channels, wanted, mixed);
            match resampler {
                None => converted.extend_from_slice(mixed),
                Some(resampler) => resampler.process(mixed, converted),
            }
            state.kind = state.kind.max(kind);
            let length = (self.shared.sample_rate_hz / 100).max(1) as usize * wanted;
            while state.converted.len() >= length {
                // The end of what is converted is the end of the piece.
                let before = state.converted.len() / wanted;
                let mut capture = capture.map(|capture| self.shift(capture, span, before));
                if let Some(capture) = &mut capture {
                    // A frame that begins in the piece before is placed by this one, which may lie earlier: the
                    // times of pieces stand still while the network's least delay becomes shorter.
                    let latest = state.captured_at.get_or_insert(capture.at);
                    *latest = (*latest).max(capture.at);
                    capture.at = *latest;
                }
                let kind = std::mem::replace(&mut state.kind, Played::Silence);
                let frame = self.frame(state.converted.drain(..length), kind, capture);
                if self.shared.capacity_frames > 0 && state.frames.len() >= self.shared.capacity_frames {
                    state.frames.pop_front();
                    state.dropped_frames += 1;
                }
                state.frames.push_back(frame);
            }
            if state.frames.is_empty() {
                None
            } else {
                state.waker.take()
            }
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// The capture of the first of `waiting` samples of ours that end with a piece of `span` samples.
    fn shift(&self, capture: Capture, span: usize, waiting: usize) -> Capture {
        let rate = u64::from(self.shared.sample_rate_hz.max(1));
        let end = Duration::from_micros(span as u64 * 1_000_000 / u64::from(OPUS_CLOCK_HZ));
        let back = Duration::from_micros(waiting as u64 * 1_000_000 / rate);
        let end_samples = capture.media_samples.map(|media| media + span as u64);
        Capture {
            at: (capture.at + end).checked_sub(back).unwrap_or(capture.at),
            media_samples: end_samples
                .map(|end| end.saturating_sub(waiting as u64 * u64::from(OPUS_CLOCK_HZ) / rate)),
        }
    }

    fn frame(&self, pcm: impl Iterator<Item = i16>, kind: Played, capture: Option<Capture>) -> PcmFrame {
        let channels = self.shared.channels;
        PcmFrame {
            samples: pcm.collect(),
            sample_rate_hz: self.shared.sample_rate_hz,
            channels: channels.min(2),
            kind,
            capture,
        }
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
