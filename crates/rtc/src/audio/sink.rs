use std::{
    collections::VecDeque,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use parking_lot::Mutex;

use super::{OPUS_CLOCK_HZ, Resampler};

/// Ten milliseconds of received audio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PcmFrame {
    /// Interleaved samples.
    pub samples: Vec<i16>,
    /// Samples a second and channel.
    pub sample_rate_hz: u32,
    /// Channels; the audio is the same in all of them.
    pub channels: u32,
}

/// A reader's queue of received audio. When it is full the oldest frame is dropped and counted.
#[derive(Debug, Clone)]
pub struct AudioSink {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    sample_rate_hz: u32,
    channels: u32,
    capacity_frames: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    frames: VecDeque<PcmFrame>,
    resampler: Option<Resampler>,
    converted: Vec<i16>,
    waker: Option<Waker>,
    dropped_frames: u64,
    closed: bool,
}

impl AudioSink {
    /// A queue of at most `capacity_frames` frames of 10 ms; 0 sets no limit.
    #[must_use]
    pub fn new(sample_rate_hz: u32, channels: u32, capacity_frames: usize) -> Self {
        let state = State {
            frames: VecDeque::with_capacity(capacity_frames.min(64)),
            resampler: Resampler::new(OPUS_CLOCK_HZ, sample_rate_hz),
            converted: Vec::new(),
            waker: None,
            dropped_frames: 0,
            closed: false,
        };
        let shared = Shared {
            sample_rate_hz,
            channels: channels.max(1),
            capacity_frames,
            state: Mutex::new(state),
        };
        Self {
            shared: Arc::new(shared),
        }
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

    /// Takes decoded mono audio at 48 kHz.
    pub(crate) fn push(&self, mono: &[i16]) {
        let waker = {
            let mut state = self.shared.state.lock();
            if state.closed {
                return;
            }
            let State {
                resampler, converted, ..
            } = &mut *state;
            match resampler {
                None => converted.extend_from_slice(mono),
                Some(resampler) => resampler.process(mono, converted),
            }
            let length = (self.shared.sample_rate_hz / 100).max(1) as usize;
            while state.converted.len() >= length {
                let frame = self.frame(state.converted.drain(..length));
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

    fn frame(&self, mono: impl Iterator<Item = i16>) -> PcmFrame {
        let channels = self.shared.channels;
        let samples = match channels {
            1 => mono.collect(),
            _ => mono
                .flat_map(|s| std::iter::repeat_n(s, channels as usize))
                .collect(),
        };
        PcmFrame {
            samples,
            sample_rate_hz: self.shared.sample_rate_hz,
            channels,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(sink: &AudioSink) -> Poll<Option<PcmFrame>> {
        sink.poll_frame(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn drops_the_oldest_and_counts() {
        let sink = AudioSink::new(48_000, 1, 2);
        for value in 1..=3 {
            sink.push(&[value; 480]);
        }
        assert_eq!(sink.dropped_frames(), 1);
        assert!(matches!(next(&sink), Poll::Ready(Some(frame)) if frame.samples == [2; 480]));
    }

    #[test]
    fn cuts_frames_of_ten_milliseconds_at_the_readers_rate() {
        let sink = AudioSink::new(16_000, 2, 0);
        for _ in 0..10 {
            sink.push(&[0; 480]);
        }
        assert!(matches!(next(&sink), Poll::Ready(Some(frame)) if frame.samples.len() == 320));
    }

    #[test]
    fn a_closed_stream_ends() {
        let sink = AudioSink::new(48_000, 1, 2);
        assert!(next(&sink).is_pending());
        sink.push(&[1; 480]);
        sink.close();
        sink.push(&[1; 480]);
        assert_eq!(next(&sink), Poll::Ready(None));
    }
}
