use std::sync::atomic::{AtomicU64, Ordering};

use crate::receive::ReceiverStats;

/// Counters of one stream of packets, written by the owner task and read by anybody. No lock.
#[derive(Debug, Default)]
pub struct Traffic {
    packets: AtomicU64,
    bytes: AtomicU64,
    jitter_samples: AtomicU64,
    samples: AtomicU64,
    bitrate_bps: AtomicU64,
    received: [AtomicU64; RECEIVED],
}

/// [`Traffic`] at one moment.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct TrafficSnapshot {
    /// Packets sent or received.
    pub packets: u64,
    /// Their payload in bytes.
    pub bytes: u64,
    /// Samples per channel (48 kHz) sent, or handed to readers.
    pub samples: u64,
    /// How unevenly packets come, in samples (RFC 3550, 6.4.1); 0 for what is sent.
    pub jitter_samples: u64,
    /// The bit rate sent with; 0 for what is received.
    pub bitrate_bps: u64,
    /// What the receiver made of the packets; nothing for what is sent.
    pub receiver: ReceiverStats,
}

/// The fields of [`ReceiverStats`], in their order.
const RECEIVED: usize = 11;

impl Traffic {
    pub(crate) fn count(&self, payload_bytes: usize) {
        self.packets.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(payload_bytes as u64, Ordering::Relaxed);
    }

    pub(crate) fn count_samples(&self, samples: usize) {
        self.samples.fetch_add(samples as u64, Ordering::Relaxed);
    }

    pub(crate) fn set_jitter(&self, samples: u64) {
        self.jitter_samples.store(samples, Ordering::Relaxed);
    }

    pub(crate) fn set_bitrate(&self, bps: u32) {
        self.bitrate_bps.store(u64::from(bps), Ordering::Relaxed);
    }

    pub(crate) fn set_receiver(&self, stats: ReceiverStats) {
        let values = [
            stats.received,
            stats.duplicated,
            stats.lost,
            stats.late,
            stats.discarded,
            stats.recovered_samples,
            stats.concealed_samples,
            stats.expanded_samples,
            stats.resyncs,
            u64::from(stats.delay_ms),
            u64::from(stats.delay_target_ms),
        ];
        for (cell, value) in self.received.iter().zip(values) {
            cell.store(value, Ordering::Relaxed);
        }
    }

    /// The counters now.
    #[must_use]
    pub fn snapshot(&self) -> TrafficSnapshot {
        let [
            received,
            duplicated,
            lost,
            late,
            discarded,
            recovered_samples,
            concealed_samples,
            expanded_samples,
            resyncs,
            delay_ms,
            delay_target_ms,
        ] = self.received.each_ref().map(|cell| cell.load(Ordering::Relaxed));
        TrafficSnapshot {
            packets: self.packets.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            samples: self.samples.load(Ordering::Relaxed),
            jitter_samples: self.jitter_samples.load(Ordering::Relaxed),
            bitrate_bps: self.bitrate_bps.load(Ordering::Relaxed),
            receiver: ReceiverStats {
                received,
                duplicated,
                lost,
                late,
                discarded,
                recovered_samples,
                concealed_samples,
                expanded_samples,
                resyncs,
                delay_ms: u32::try_from(delay_ms).unwrap_or(u32::MAX),
                delay_target_ms: u32::try_from(delay_target_ms).unwrap_or(u32::MAX),
            },
        }
    }
}
