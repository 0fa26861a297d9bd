use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::{EncodedAudio, OPUS_CLOCK_HZ};

/// Audio a source without a queue keeps before the oldest is dropped, in milliseconds.
const DIRECT_QUEUE_MAX_MS: usize = 100;

/// How long what is cut fades, so that it does not click, in milliseconds.
const FADE_MS: usize = 5;

/// Audio one capture call may bring, in milliseconds; more is an error.
const CAPTURE_MAX_MS: usize = 60_000;

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
/// on where the old one stopped.
#[derive(Debug, Clone)]
pub struct AudioSource {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    config: AudioSourceConfig,
    encoded: Option<Arc<EncodedAudio>>,
    state: Mutex<State>,
    /// Told whenever the queue gets shorter.
    room: Notify,
    sent: AtomicU64,
    cut: AtomicU64,
    dropped_samples: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    samples: VecDeque<i16>,
    /// The end of what waits is a cut: it is not worth waiting for more.
    is_cut: bool,
    consumer: Option<Consumer>,
    last_consumer: u64,
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
    wake: Arc<Notify>,
    /// Samples at which the reader wants to be woken; `None` while it runs on its own timer.
    wake_at: Option<usize>,
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
        let state = Mutex::new(State::default());
        let shared = Shared {
            config,
            encoded,
            state,
            room: Notify::new(),
            sent: AtomicU64::new(0),
            cut: AtomicU64::new(0),
            dropped_samples: AtomicU64::new(0),
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
        config.sample_rate_hz as usize * config.channels.max(1) as usize * duration_ms / 1000
    }

    /// Samples dropped because nobody read them in time.
    #[must_use]
    pub fn dropped_samples(&self) -> u64 {
        self.shared.dropped_samples.load(Ordering::Relaxed)
    }

    /// Interleaved samples that wait to be sent.
    #[must_use]
    pub fn queued_samples(&self) -> usize {
        self.shared.state.lock().samples.len()
    }

    /// What became of all that was captured.
    #[must_use]
    pub fn position(&self) -> PlaybackPosition {
        let channels = u64::from(self.shared.config.channels.max(1));
        // Under the lock, so that a sample is in one place only.
        let state = self.shared.state.lock();
        PlaybackPosition {
            sent: self.shared.sent.load(Ordering::Relaxed) / channels,
            queued: state.samples.len() as u64 / channels,
            cut: self.shared.cut.load(Ordering::Relaxed) / channels,
            dropped: self.dropped_samples() / channels,
        }
    }

    /// Queues interleaved PCM without waiting, over the configured queue if need be.
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
        if block.len() > self.samples_in(CAPTURE_MAX_MS) {
            return Err(CaptureError::TooLong { samples: block.len() });
        }
        Ok(())
    }

    fn queue(&self, block: &[i16], direct: bool) {
        let mut state = self.shared.state.lock();
        state.samples.extend(block);
        state.is_cut = false;
        if direct {
            let limit = self.samples_in(DIRECT_QUEUE_MAX_MS).max(block.len());
            self.drop_over(&mut state, limit);
        }
        let queued = state.samples.len();
        if let Some(consumer) = &mut state.consumer
            && consumer.wake_at.is_some_and(|at| queued >= at)
        {
            consumer.wake_at = None;
            consumer.wake.notify_one();
        }
    }

    async fn wait_for_room(&self, pushed: usize) {
        let limit = self.samples_in(self.shared.config.queue_ms as usize);
        let per_second = self.samples_in(1000).max(1) as u64;
        loop {
            let room = self.shared.room.notified();
            tokio::pin!(room);
            // Registered before looking, so that no notice falls between.
            room.as_mut().enable();
            let has_reader = {
                let state = self.shared.state.lock();
                if state.samples.len() <= limit {
                    return;
                }
                state.consumer.is_some()
            };
            if has_reader {
                room.await;
                continue;
            }
            let block = Duration::from_micros(pushed as u64 * 1_000_000 / per_second);
            if tokio::time::timeout(block, room).await.is_err() {
                let mut state = self.shared.state.lock();
                if state.consumer.is_none() {
                    self.drop_over(&mut state, limit);
                }
            }
        }
    }

    fn drop_over(&self, state: &mut State, limit: usize) {
        let over = state.samples.len().saturating_sub(limit);
        if over > 0 {
            state.samples.drain(..over);
            self.shared
                .dropped_samples
                .fetch_add(over as u64, Ordering::Relaxed);
        }
    }

    /// Cuts what waits, at once, and lets waiting captures return. The first 5 ms are kept and faded, and go
    /// out with the next packet, so that the cut does not click; a source without a queue keeps nothing.
    ///
    /// Answers how many samples per channel were cut.
    pub fn clear(&self) -> u64 {
        let channels = self.shared.config.channels.max(1) as usize;
        let mut state = self.shared.state.lock();
        let keeps = state.consumer.is_some() && self.shared.config.queue_ms > 0;
        let kept = if keeps { self.samples_in(FADE_MS) } else { 0 };
        let cut = state.samples.len().saturating_sub(kept) as u64;
        state.samples.truncate(kept);
        let steps = (state.samples.len() / channels).max(1) as f32;
        for (index, sample) in state.samples.iter_mut().enumerate() {
            let gain = 1.0 - ((index / channels) as f32 + 1.0) / steps;
            *sample = (f32::from(*sample) * gain) as i16;
        }
        state.is_cut = !state.samples.is_empty();
        self.shared.cut.fetch_add(cut, Ordering::Relaxed);
        drop(state);
        self.shared.room.notify_waiters();
        cut / channels as u64
    }

    /// Makes the caller the one reader, woken through `wake`; the answer names it in later calls.
    pub(crate) fn attach(&self, wake: Arc<Notify>) -> u64 {
        let mut state = self.shared.state.lock();
        state.last_consumer += 1;
        let id = state.last_consumer;
        wake.notify_one();
        state.consumer = Some(Consumer {
            id,
            wake,
            wake_at: None,
        });
        self.shared.room.notify_waiters();
        id
    }

    /// Ends reading, unless another reader has come since.
    pub(crate) fn detach(&self, id: u64) {
        let mut state = self.shared.state.lock();
        if state.consumer.as_ref().is_some_and(|c| c.id == id) {
            state.consumer = None;
            self.shared.room.notify_waiters();
        }
    }

    /// Moves up to `count` samples into `into`, if `id` is still the reader and so many wait.
    pub(crate) fn take(&self, id: u64, count: usize, minimum: usize, into: &mut Vec<i16>) -> Taken {
        let mut state = self.shared.state.lock();
        if state.consumer.as_ref().is_none_or(|c| c.id != id) {
            return Taken::default();
        }
        let waiting = state.samples.len();
        if waiting >= minimum || (state.is_cut && count > 0) {
            let taken = count.min(waiting);
            into.extend(state.samples.drain(..taken));
            self.shared.sent.fetch_add(taken as u64, Ordering::Relaxed);
            let is_cut = state.is_cut && state.samples.is_empty();
            state.is_cut &= !is_cut;
            self.shared.room.notify_waiters();
            return Taken { waiting, is_cut };
        }
        Taken {
            waiting,
            is_cut: false,
        }
    }

    /// Asks to be woken when `count` samples wait; true when they already do.
    pub(crate) fn sleep_until(&self, id: u64, count: usize) -> bool {
        let mut state = self.shared.state.lock();
        let ready = state.samples.len() >= count;
        match &mut state.consumer {
            Some(consumer) if consumer.id == id => {
                consumer.wake_at = (!ready).then_some(count);
                ready
            }
            _ => false,
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    fn source(queue_ms: u32) -> AudioSource {
        AudioSource::new(AudioSourceConfig {
            sample_rate_hz: 16_000,
            channels: 1,
            queue_ms,
        })
    }

    #[tokio::test]
    async fn clear_empties_the_queue_and_frees_the_waiting() {
        let source = source(10);
        let _id = source.attach(Arc::new(Notify::new()));
        let waiting = tokio::spawn({
            let source = source.clone();
            async move { source.capture(&[1; 16_000]).await }
        });
        while source.queued_samples() == 0 {
            tokio::task::yield_now().await;
        }
        source.clear();
        waiting.await.unwrap().unwrap();
        assert_eq!(source.queued_samples(), source.samples_in(FADE_MS));
    }

    #[test]
    fn a_cut_fades_and_every_sample_is_accounted_for() {
        let source = source(1000);
        let reader = source.attach(Arc::new(Notify::new()));
        source.push(&[1_000; 1_600]).unwrap();
        let mut out = Vec::new();
        source.take(reader, 320, 320, &mut out);
        assert_eq!(source.clear(), 1_200);
        out.clear();
        // What is left is less than asked for, and comes at once all the same.
        source.take(reader, 320, 320, &mut out);
        assert_eq!((out.len(), out.first(), out.last()), (80, Some(&987), Some(&0)));
        assert!(out.is_sorted_by(|a, b| a >= b));
        let expected = PlaybackPosition {
            sent: 400,
            queued: 0,
            cut: 1_200,
            dropped: 0,
        };
        assert_eq!(source.position(), expected);
    }

    #[tokio::test]
    async fn a_direct_source_keeps_the_newest_audio_only() {
        let source = source(0);
        for _ in 0..50 {
            source.capture(&[0; 160]).await.unwrap();
        }
        assert_eq!(source.queued_samples(), 1600);
        assert_eq!(source.dropped_samples(), 40 * 160);
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_reader_time_passes_and_the_limit_holds() {
        let source = source(100);
        let start = tokio::time::Instant::now();
        for _ in 0..5 {
            source.capture(&[0; 1600]).await.unwrap();
        }
        assert_eq!(source.queued_samples(), 1600);
        assert!(start.elapsed() >= Duration::from_millis(390));
    }

    #[test]
    fn only_the_latest_reader_gets_audio() {
        let source = source(0);
        let old = source.attach(Arc::new(Notify::new()));
        let new = source.attach(Arc::new(Notify::new()));
        source.push(&[7; 160]).unwrap();
        let mut out = Vec::new();
        assert_eq!(source.take(old, 160, 1, &mut out).waiting, 0);
        source.detach(old);
        assert_eq!(source.take(new, 160, 1, &mut out).waiting, 160);
        assert_eq!(out.len(), 160);
    }
}
