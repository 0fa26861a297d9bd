use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use tokio::sync::Notify;

use super::Traffic;

/// Audio a source without a queue keeps before the oldest is dropped, in milliseconds.
const DIRECT_QUEUE_MAX_MS: usize = 100;

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
    state: Mutex<State>,
    /// Told whenever the queue gets shorter.
    room: Notify,
    dropped_samples: AtomicU64,
}

#[derive(Debug, Default)]
struct State {
    samples: VecDeque<i16>,
    consumer: Option<Consumer>,
    last_consumer: u64,
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
        let state = Mutex::new(State::default());
        let shared = Shared {
            config,
            state,
            room: Notify::new(),
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

    /// Queues interleaved PCM, then waits until no more than the configured queue is left.
    ///
    /// While no connection reads, waiting lasts as long as the block would have; then the oldest
    /// audio over the limit is dropped and counted.
    pub async fn capture(&self, block: &[i16]) -> Result<(), CaptureError> {
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
        let direct = self.shared.config.queue_ms == 0;
        self.push(block, direct);
        if !direct {
            self.wait_for_room(block.len()).await;
        }
        Ok(())
    }

    fn push(&self, block: &[i16], direct: bool) {
        let mut state = self.shared.state.lock();
        state.samples.extend(block);
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

    /// Forgets everything that waits, at once, and lets waiting captures return.
    pub fn clear(&self) {
        self.shared.state.lock().samples.clear();
        self.shared.room.notify_waiters();
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

    /// Moves up to `count` samples into `into`, if `id` is still the reader, and says how many wait.
    pub(crate) fn take(&self, id: u64, count: usize, minimum: usize, into: &mut Vec<i16>) -> usize {
        let mut state = self.shared.state.lock();
        if state.consumer.as_ref().is_none_or(|c| c.id != id) {
            return 0;
        }
        let waiting = state.samples.len();
        if waiting >= minimum {
            into.extend(state.samples.drain(..count.min(waiting)));
            self.shared.room.notify_waiters();
        }
        waiting
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

/// A track of our own: a source with an identity and a switch.
#[derive(Debug, Clone)]
pub struct LocalAudio {
    /// The track's id, announced in `a=msid`.
    pub id: String,
    /// Where the audio comes from.
    pub source: AudioSource,
    /// Off while muted: audio is read and thrown away.
    pub enabled: Arc<AtomicBool>,
    /// What has been sent.
    pub traffic: Arc<Traffic>,
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
        assert_eq!(source.queued_samples(), 0);
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
        source.push(&[7; 160], true);
        let mut out = Vec::new();
        assert_eq!(source.take(old, 160, 1, &mut out), 0);
        source.detach(old);
        assert_eq!(source.take(new, 160, 1, &mut out), 160);
        assert_eq!(out.len(), 160);
    }
}
