use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::{
    EncodedAudio, OPUS_CLOCK_HZ,
    ring::{Ring, SAMPLES_MAX, Span},
};
use crate::Doorbell;

/// Audio a source without a queue keeps before the oldest is dropped, in milliseconds.
const DIRECT_QUEUE_MAX_MS: usize = 100;

/// How long what is cut fades, so that it does not click, in milliseconds.
const FADE_MS: usize = 5;

/// Audio one capture call may bring, in milliseconds; more is an error.
const CAPTURE_MAX_MS: usize = 60_000;

/// Audio that waits at most, in milliseconds, whoever queues it; the oldest over it is dropped.
const HELD_MAX_MS: usize = 2 * CAPTURE_MAX_MS;

/// No position.
const NONE: u64 = u64::MAX;

/// How a source takes audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AudioSourceConfig {
    /// Samples a second and channel.
    pub sample_rate_hz: u32,
    /// Interleaved channels, 1 or 2.
    pub channels: u32,
    /// Audio held before [`AudioSource::capture`] waits, in milliseconds. With 0 there is no
    /// waiting and no pacing: what comes in goes out, and the caller is the clock.
    pub queue_ms: u32,
}

/// Why audio was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaptureError {
    /// The block is no whole number of samples in all channels.
    #[error("{samples} samples do not divide into {channels} channels")]
    Uneven {
        /// Samples in the block.
        samples: usize,
        /// The source's channels.
        channels: u32,
    },
    /// The block is longer than a minute.
    #[error("a block of {samples} samples is longer than {CAPTURE_MAX_MS} ms")]
    TooLong {
        /// Samples in the block.
        samples: usize,
    },
    /// The source plays what was encoded beforehand.
    #[error("the source plays audio that was encoded beforehand, and takes no other")]
    Encoded,
}

/// What became of the audio captured, in samples per channel at the source's rate. Nothing falls but `queued`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PlaybackPosition {
    /// Sent, or read and thrown away while the track was muted. What is in here was said.
    pub sent: u64,
    /// Waits to be sent.
    pub queued: u64,
    /// Taken back by [`AudioSource::clear`] before it was sent.
    pub cut: u64,
    /// Dropped because nobody read it in time.
    pub dropped: u64,
}

/// A queue of PCM that an application fills and the connection that sends it empties.
///
/// One connection reads at a time, the latest to attach: after a full reconnect the new one goes
/// on where the old one stopped. It takes no lock, and waits for nobody who fills the queue; those who do wait for each
/// other.
#[derive(Debug, Clone)]
pub struct AudioSource {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    config: AudioSourceConfig,
    encoded: Option<Arc<EncodedAudio>>,
    ring: Ring,
    /// Where a cut ends, as a position in the ring: it is not worth waiting for more.
    cut_end: AtomicU64,
    /// The one that may read; 0 for nobody.
    reader: AtomicU64,
    /// The position up to which samples are to wait before the reader is woken; none while it runs on its own timer.
    wake_at: AtomicU64,
    /// Captures that wait for the queue to get shorter, told whenever it does.
    waiting: AtomicUsize,
    room: Notify,
    /// Taken by those who fill the queue, and when readers come and go.
    writer: Mutex<Writer>,
}

#[derive(Debug, Default)]
struct Writer {
    consumer: Option<Consumer>,
    last_consumer: u64,
    /// The reader's place when it was last looked at.
    seen_head: u32,
    sent: u64,
    cut: u64,
    dropped: u64,
}

impl Writer {
    /// Counts what the reader has taken since.
    fn see(&mut self, span: Span) {
        self.sent += u64::from(span.head.wrapping_sub(self.seen_head));
        self.seen_head = span.head;
    }

    /// Samples before this were taken away, not sent.
    fn skipped(&mut self, span: Span) {
        self.seen_head = span.head;
    }
}

/// What [`AudioSource::take`] found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Taken {
    /// Samples that waited.
    pub(crate) waiting: usize,
    /// What was taken ends in a cut: nothing more of it will come.
    pub(crate) is_cut: bool,
}

#[derive(Debug)]
struct Consumer {
    id: u64,
    wake: Arc<Doorbell>,
}

/// Somebody waits while this lives.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn new(waiting: &'a AtomicUsize) -> Self {
        waiting.fetch_add(1, Ordering::SeqCst);
        Self(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl AudioSource {
    /// An empty source.
    #[must_use]
    pub fn new(config: AudioSourceConfig) -> Self {
        Self::with(config, None)
    }

    /// A source that plays this in a loop, and takes no other audio.
    #[must_use]
    pub fn of_encoded(audio: Arc<EncodedAudio>) -> Self {
        let config = AudioSourceConfig {
            sample_rate_hz: OPUS_CLOCK_HZ,
            channels: 1,
            queue_ms: 0,
        };
        Self::with(config, Some(audio))
    }

    fn with(config: AudioSourceConfig, encoded: Option<Arc<EncodedAudio>>) -> Self {
        let shared = Shared {
            config,
            encoded,
            ring: Ring::new(),
            cut_end: AtomicU64::new(NONE),
            reader: AtomicU64::new(0),
            wake_at: AtomicU64::new(NONE),
            waiting: AtomicUsize::new(0),
            room: Notify::new(),
            writer: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// The configuration it was made with.
    #[must_use]
    pub fn config(&self) -> AudioSourceConfig {
        self.shared.config
    }

    /// What it plays, if that was encoded beforehand.
    pub(crate) fn encoded(&self) -> Option<&Arc<EncodedAudio>> {
        self.shared.encoded.as_ref()
    }

    /// Interleaved samples in `duration_ms`.
    #[must_use]
    pub fn samples_in(&self, duration_ms: usize) -> usize {
        let config = self.shared.config;
        let per_second = (config.sample_rate_hz as usize).saturating_mul(config.channels.max(1) as usize);
        per_second.saturating_mul(duration_ms) / 1000
    }

    /// Samples dropped because nobody read them in time.
    #[must_use]
    pub fn dropped_samples(&self) -> u64 {
        self.shared.writer.lock().dropped
    }

    /// Interleaved samples that wait to be sent.
    #[must_use]
    pub fn queued_samples(&self) -> usize {
        self.shared.ring.span().len()
    }

    /// What became of all that was captured.
    #[must_use]
    pub fn position(&self) -> PlaybackPosition {
        let channels = u64::from(self.shared.config.channels.max(1));
        let mut writer = self.shared.writer.lock();
        // Looked at once, so that a sample is in one place only.
        let span = self.shared.ring.span();
        writer.see(span);
        PlaybackPosition {
            sent: writer.sent / channels,
            queued: span.len() as u64 / channels,
            cut: writer.cut / channels,
            dropped: writer.dropped / channels,
        }
    }

    /// Queues interleaved PCM without waiting, over the configured queue if need be; of more than two minutes the oldest
    /// is dropped.
    pub fn push(&self, block: &[i16]) -> Result<(), CaptureError> {
        self.check(block)?;
        self.queue(block, self.shared.config.queue_ms == 0);
        Ok(())
    }

    /// Queues interleaved PCM, then waits until no more than the configured queue is left.
    ///
    /// While no connection reads, waiting lasts as long as the block would have; then the oldest
    /// audio over the limit is dropped and counted.
    pub async fn capture(&self, block: &[i16]) -> Result<(), CaptureError> {
        self.check(block)?;
        let direct = self.shared.config.queue_ms == 0;
        self.queue(block, direct);
        if !direct {
            self.wait_for_room(block.len()).await;
        }
        Ok(())
    }

    fn check(&self, block: &[i16]) -> Result<(), CaptureError> {
        if self.shared.encoded.is_some() {
            return Err(CaptureError::Encoded);
        }
        let channels = self.shared.config.channels.max(1);
        if !block.len().is_multiple_of(channels as usize) {
            return Err(CaptureError::Uneven {
                samples: block.len(),
                channels,
            });
        }
        if block.len() > self.samples_in(CAPTURE_MAX_MS).min(SAMPLES_MAX / 2) {
            return Err(CaptureError::TooLong { samples: block.len() });
        }
        Ok(())
    }

    fn queue(&self, block: &[i16], direct: bool) {
        let shared = &*self.shared;
        let mut writer = shared.writer.lock();
        let most = self.samples_in(HELD_MAX_MS).min(SAMPLES_MAX);
        self.drop_over(&mut writer, most.saturating_sub(block.len()));
        let span = shared.ring.span();
        // Now and then, so that the count of what was sent can't wrap.
        writer.see(span);
        shared.ring.write(span, block.iter().copied());
        // Before the block is seen, so that a cut is not taken to end with it.
        shared.cut_end.store(NONE, Ordering::SeqCst);
        let mut span = shared.ring.show(block.len());
        if direct {
            let limit = self.samples_in(DIRECT_QUEUE_MAX_MS).max(block.len());
            span = self.drop_over(&mut writer, limit);
        }
        let wake_at = shared.wake_at.load(Ordering::SeqCst);
        let is_reached = wake_at != NONE && is_at_or_after(span.tail, wake_at as u32);
        if is_reached
            && let Some(consumer) = &writer.consumer
            // The reader may want something else by now; then it has looked since.
            && (shared.wake_at)
                .compare_exchange(wake_at, NONE, Ordering::SeqCst, Ordering::Relaxed)
                .is_ok()
        {
            consumer.wake.ring();
        }
    }

    async fn wait_for_room(&self, pushed: usize) {
        let limit = self.samples_in(self.shared.config.queue_ms as usize);
        let per_second = self.samples_in(1000).max(1) as u64;
        let _waiting = Waiting::new(&self.shared.waiting);
        loop {
            let room = self.shared.room.notified();
            tokio::pin!(room);
            // Registered before looking, so that no notice falls between.
            room.as_mut().enable();
            if self.shared.ring.span().len() <= limit {
                return;
            }
            if self.shared.reader.load(Ordering::SeqCst) != 0 {
                room.await;
                continue;
            }
            let block = Duration::from_micros(pushed as u64 * 1_000_000 / per_second);
            if tokio::time::timeout(block, room).await.is_err() {
                let mut writer = self.shared.writer.lock();
                if writer.consumer.is_none() {
                    self.drop_over(&mut writer, limit);
                }
            }
        }
    }

    /// Drops the oldest samples over a limit; gives what waits then.
    fn drop_over(&self, writer: &mut Writer, limit: usize) -> Span {
        loop {
            let span = self.shared.ring.span();
            let over = span.len().saturating_sub(limit);
            if over == 0 {
                return span;
            }
            let rest = span.after(over);
            if self.shared.ring.replace(span, rest) {
                writer.see(span);
                writer.skipped(rest);
                writer.dropped += over as u64;
                return rest;
            }
        }
    }

    /// Cuts what waits, at once, and lets waiting captures return. The first 5 ms are kept and faded, and go
    /// out with the next packet, so that the cut does not click; a source without a queue keeps nothing.
    ///
    /// Answers how many samples per channel were cut.
    pub fn clear(&self) -> u64 {
        let shared = &*self.shared;
        let channels = shared.config.channels.max(1) as usize;
        let mut writer = shared.writer.lock();
        let keeps = writer.consumer.is_some() && shared.config.queue_ms > 0;
        let most = if keeps { self.samples_in(FADE_MS) } else { 0 };
        let mut first = Vec::new();
        let cut = loop {
            let span = shared.ring.span();
            first.clear();
            shared.ring.copy(span, most.min(span.len()), &mut first);
            fade(&mut first, channels);
            // The faded ones come after those that wait, and then in their place.
            shared.ring.write(span, first.iter().copied());
            let kept = Span {
                head: span.tail,
                tail: span.tail.wrapping_add(first.len() as u32),
            };
            let end = if first.is_empty() {
                NONE
            } else {
                u64::from(kept.tail)
            };
            shared.cut_end.store(end, Ordering::SeqCst);
            if shared.ring.replace(span, kept) {
                writer.see(span);
                writer.skipped(kept);
                break (span.len() - first.len()) as u64;
            }
        };
        writer.cut += cut;
        drop(writer);
        shared.room.notify_waiters();
        cut / channels as u64
    }

    /// Makes the caller the one reader, woken through `wake`; the answer names it in later calls.
    pub(crate) fn attach(&self, wake: Arc<Doorbell>) -> u64 {
        let mut writer = self.shared.writer.lock();
        writer.last_consumer += 1;
        let id = writer.last_consumer;
        wake.ring();
        writer.consumer = Some(Consumer { id, wake });
        self.shared.wake_at.store(NONE, Ordering::SeqCst);
        self.shared.reader.store(id, Ordering::SeqCst);
        self.shared.room.notify_waiters();
        id
    }

    /// Ends reading, unless another reader has come since.
    pub(crate) fn detach(&self, id: u64) {
        let mut writer = self.shared.writer.lock();
        if writer.consumer.as_ref().is_some_and(|c| c.id == id) {
            writer.consumer = None;
            self.shared.reader.store(0, Ordering::SeqCst);
            self.shared.room.notify_waiters();
        }
    }

    fn is_reader(&self, id: u64) -> bool {
        self.shared.reader.load(Ordering::SeqCst) == id
    }

    /// Moves up to `count` samples into `into`, if `id` is still the reader and so many wait.
    pub(crate) fn take(&self, id: u64, count: usize, minimum: usize, into: &mut Vec<i16>) -> Taken {
        let shared = &*self.shared;
        if !self.is_reader(id) {
            return Taken::default();
        }
        let before = into.len();
        loop {
            let span = shared.ring.span();
            let waiting = span.len();
            let ends_in_cut = shared.cut_end.load(Ordering::SeqCst) == u64::from(span.tail) && waiting > 0;
            if waiting < minimum && !(ends_in_cut && count > 0) {
                return Taken {
                    waiting,
                    is_cut: false,
                };
            }
            let taken = count.min(waiting);
            shared.ring.copy(span, taken, into);
            if shared.ring.replace(span, span.after(taken)) {
                if shared.waiting.load(Ordering::SeqCst) > 0 {
                    shared.room.notify_waiters();
                }
                return Taken {
                    waiting,
                    is_cut: ends_in_cut && taken == waiting,
                };
            }
            // Somebody added or cut: the copy may be torn.
            into.truncate(before);
        }
    }

    /// Asks to be woken when `count` samples wait; true when they already do.
    pub(crate) fn sleep_until(&self, id: u64, count: usize) -> bool {
        if !self.is_reader(id) {
            return false;
        }
        let shared = &*self.shared;
        let wake_at = shared.ring.span().head.wrapping_add(count as u32);
        shared.wake_at.store(u64::from(wake_at), Ordering::SeqCst);
        // After saying so, so that either side sees the other.
        let is_ready = is_at_or_after(shared.ring.span().tail, wake_at);
        if is_ready {
            shared.wake_at.store(NONE, Ordering::SeqCst);
        }
        is_ready
    }
}

/// Whether a position is another or comes after it.
fn is_at_or_after(position: u32, other: u32) -> bool {
    position.wrapping_sub(other) < u32::MAX / 2
}

/// Lets samples fade to silence.
fn fade(samples: &mut [i16], channels: usize) {
    let steps = (samples.len() / channels).max(1) as f32;
    for (index, sample) in samples.iter_mut().enumerate() {
        let gain = 1.0 - ((index / channels) as f32 + 1.0) / steps;
        *sample = (f32::from(*sample) * gain) as i16;
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests;
