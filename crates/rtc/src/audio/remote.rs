use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::AudioSink;

/// Counters of one stream of packets.
#[derive(Debug, Default)]
pub struct Traffic {
    packets: AtomicU64,
    bytes: AtomicU64,
    lost: AtomicU64,
}

/// [`Traffic`] at one moment.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct TrafficSnapshot {
    /// Packets sent or received.
    pub packets: u64,
    /// Their payload in bytes.
    pub bytes: u64,
    /// Packets that never came; 0 for what is sent.
    pub lost: u64,
}

impl Traffic {
    pub(crate) fn count(&self, payload_bytes: usize) {
        self.packets.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(payload_bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn set_lost(&self, lost: u64) {
        self.lost.store(lost, Ordering::Relaxed);
    }

    /// The counters now.
    #[must_use]
    pub fn snapshot(&self) -> TrafficSnapshot {
        TrafficSnapshot {
            packets: self.packets.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            lost: self.lost.load(Ordering::Relaxed),
        }
    }
}

/// A track of the other side: decoded audio is handed to every sink. Without a sink nothing is
/// decoded at all.
#[derive(Debug, Default)]
pub struct RemoteAudio {
    sinks: Mutex<Vec<AudioSink>>,
    sink_count: AtomicUsize,
    muted: AtomicBool,
    ended: AtomicBool,
    /// What has been received.
    pub traffic: Traffic,
}

impl RemoteAudio {
    /// Adds a reader; on an ended track it ends at once.
    pub fn add_sink(&self, sink: AudioSink) {
        let mut sinks = self.sinks.lock();
        if self.ended() {
            drop(sinks);
            sink.close();
            return;
        }
        sinks.push(sink);
        self.sink_count.store(sinks.len(), Ordering::Release);
    }

    /// Whether anybody listens.
    #[must_use]
    pub fn has_sinks(&self) -> bool {
        self.sink_count.load(Ordering::Acquire) > 0
    }

    /// Switches the track: while off its readers get silence.
    pub fn set_enabled(&self, enabled: bool) {
        self.muted.store(!enabled, Ordering::Relaxed);
    }

    /// Whether the track is on.
    #[must_use]
    pub fn enabled(&self) -> bool {
        !self.muted.load(Ordering::Relaxed)
    }

    /// Whether no more audio will come.
    #[must_use]
    pub fn ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Ends the track and all its readers.
    pub fn end(&self) {
        self.ended.store(true, Ordering::Release);
        let sinks = std::mem::take(&mut *self.sinks.lock());
        self.sink_count.store(0, Ordering::Release);
        for sink in sinks {
            sink.close();
        }
    }

    /// Gives mono audio at 48 kHz to every reader, and forgets those that have gone.
    pub(crate) fn deliver(&self, mono: &mut [i16]) {
        if !self.enabled() {
            mono.fill(0);
        }
        let mut sinks = self.sinks.lock();
        sinks.retain(|sink| !sink.is_closed());
        self.sink_count.store(sinks.len(), Ordering::Release);
        for sink in sinks.iter() {
            sink.push(mono);
        }
    }
}
