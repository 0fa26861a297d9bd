//! The queue between a track and one of its readers. No lock: the connection's task never waits for a reader.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::Instant,
};

use atomic_waker::AtomicWaker;
use crossbeam_queue::ArrayQueue;

use super::AudioSink;
use crate::receive::Played;

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

/// Frames that a queue holds at most: 30 s. Room for all of them is made at once.
const FRAMES_MAX: usize = 3_000;

/// Makes the queue between a track and one reader: the track's end, and the reader's.
///
/// It holds `capacity_frames` frames of 10 ms, 30 s at most and with 0; when it is full the oldest is dropped and counted.
/// Audio of one channel is the same in all of `channels`.
#[must_use]
pub fn reader(
    delivery: Delivery,
    sample_rate_hz: u32,
    channels: u32,
    capacity_frames: usize,
) -> (AudioSink, AudioReader) {
    let capacity = match capacity_frames {
        0 => FRAMES_MAX,
        frames => frames.min(FRAMES_MAX),
    };
    let queue = Arc::new(FrameQueue {
        wants: Wants {
            delivery,
            sample_rate_hz,
            channels: channels.max(1),
        },
        frames: ArrayQueue::new(capacity),
        waker: AtomicWaker::new(),
        dropped_frames: AtomicU64::new(0),
        closed: AtomicBool::new(false),
    });
    (AudioSink::of(Arc::clone(&queue)), AudioReader { queue })
}

/// How a reader wants its audio.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wants {
    pub(super) delivery: Delivery,
    pub(super) sample_rate_hz: u32,
    pub(super) channels: u32,
}

/// What both ends share. Neither waits for the other.
#[derive(Debug)]
pub(super) struct FrameQueue {
    wants: Wants,
    frames: ArrayQueue<PcmFrame>,
    waker: AtomicWaker,
    dropped_frames: AtomicU64,
    closed: AtomicBool,
}

impl FrameQueue {
    pub(super) fn wants(&self) -> Wants {
        self.wants
    }

    pub(super) fn close(&self) {
        self.closed.store(true, Ordering::Release);
        self.wake();
    }

    pub(super) fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// Queues a frame; [`FrameQueue::wake`] tells the reader.
    pub(super) fn put(&self, frame: PcmFrame) {
        if self.frames.force_push(frame).is_some() {
            self.dropped_frames.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn wake(&self) {
        self.waker.wake();
    }
}

/// The reader's end of a queue of received audio. The stream ends when it goes.
#[derive(Debug)]
pub struct AudioReader {
    queue: Arc<FrameQueue>,
}

impl AudioReader {
    /// Frames dropped because they were not read in time.
    #[must_use]
    pub fn dropped_frames(&self) -> u64 {
        self.queue.dropped_frames.load(Ordering::Relaxed)
    }

    /// Ends the stream; frames that wait are forgotten.
    pub fn close(&self) {
        self.queue.close();
        while self.queue.frames.pop().is_some() {}
    }

    /// The next frame; `None` when the stream has ended. The waker of the last call is the one that is told.
    pub fn poll_frame(&self, context: &mut Context<'_>) -> Poll<Option<PcmFrame>> {
        match self.next() {
            Poll::Pending => {
                self.queue.waker.register(context.waker());
                // It may have come since.
                self.next()
            }
            ready => ready,
        }
    }

    fn next(&self) -> Poll<Option<PcmFrame>> {
        if self.queue.is_closed() {
            return Poll::Ready(None);
        }
        match self.queue.frames.pop() {
            Some(frame) => Poll::Ready(Some(frame)),
            None => Poll::Pending,
        }
    }
}

impl Drop for AudioReader {
    fn drop(&mut self) {
        self.close();
    }
}
