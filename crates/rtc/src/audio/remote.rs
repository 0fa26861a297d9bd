use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU8, Ordering},
};

use parking_lot::Mutex;

use super::{AudioSink, Delivery, Traffic, frames::FrameQueue};
use crate::opus::{Channels, Format, Rate};

/// Readers of each kind, as bits: there are some, one of them wants two channels, one more than 16 kHz.
const ANY: u8 = 1;
const STEREO: u8 = 2;
const FULL: u8 = 4;
const BITS: u8 = 3;

/// A track of the other side: decoded audio is handed to every reader. Without one nothing is decoded at all.
///
/// A lock is taken when readers come and go, never for audio.
#[derive(Debug, Default)]
pub struct RemoteAudio {
    readers: Mutex<Known>,
    /// Somebody in `readers` waits to be fed.
    has_arrivals: AtomicBool,
    wanted: AtomicU8,
    muted: AtomicBool,
    ended: AtomicBool,
    /// What has been received.
    pub traffic: Traffic,
}

/// Who reads.
#[derive(Debug, Default)]
struct Known {
    all: Vec<Arc<FrameQueue>>,
    /// Of them those that no stream feeds yet.
    arrivals: Vec<AudioSink>,
}

impl RemoteAudio {
    /// Adds a reader by its sink; on an ended track it ends at once.
    pub fn add_sink(&self, sink: AudioSink) {
        let mut readers = self.readers.lock();
        if self.ended() {
            // With the sink the stream ends.
            return;
        }
        readers.all.push(Arc::clone(sink.queue()));
        readers.arrivals.push(sink);
        self.has_arrivals.store(true, Ordering::Release);
        self.note(&mut readers);
    }

    pub(super) fn has_arrivals(&self) -> bool {
        self.has_arrivals.load(Ordering::Acquire)
    }

    /// Hands over the readers that no stream feeds yet.
    pub(super) fn arrivals(&self) -> Vec<AudioSink> {
        let mut readers = self.readers.lock();
        self.has_arrivals.store(false, Ordering::Release);
        std::mem::take(&mut readers.arrivals)
    }

    /// The stream that fed these ends; another may go on.
    pub(super) fn take_back(&self, sinks: Vec<AudioSink>) {
        let mut readers = self.readers.lock();
        if self.ended() {
            return;
        }
        readers.arrivals.extend(sinks);
        let has_arrivals = !readers.arrivals.is_empty();
        self.has_arrivals.store(has_arrivals, Ordering::Release);
    }

    /// Counts anew who is left.
    pub(super) fn forget_closed(&self) {
        self.note(&mut self.readers.lock());
    }

    /// The least that serves all who listen this way; `None` when nobody does.
    #[must_use]
    pub fn wanted(&self, delivery: Delivery) -> Option<Format> {
        let bits = self.wanted.load(Ordering::Acquire) >> shift(delivery);
        let has = |bit| bits & bit != 0;
        has(ANY).then_some(Format {
            channels: if has(STEREO) {
                Channels::Stereo
            } else {
                Channels::Mono
            },
            rate: if has(FULL) { Rate::Full } else { Rate::Wide },
        })
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
        let mut readers = self.readers.lock();
        self.ended.store(true, Ordering::Release);
        let Known { all, arrivals } = std::mem::take(&mut *readers);
        self.wanted.store(0, Ordering::Release);
        drop(readers);
        all.iter().for_each(|reader| reader.close());
        drop(arrivals);
    }

    fn note(&self, readers: &mut Known) {
        readers.all.retain(|reader| !reader.is_closed());
        readers.arrivals.retain(|sink| !sink.queue().is_closed());
        let bits = readers.all.iter().fold(0, |bits, reader| {
            let wants = reader.wants();
            let stereo = if wants.channels > 1 { STEREO } else { 0 };
            let full = if wants.sample_rate_hz > Rate::Wide.hz() {
                FULL
            } else {
                0
            };
            bits | (ANY | stereo | full) << shift(wants.delivery)
        });
        self.wanted.store(bits, Ordering::Release);
    }
}

const fn shift(delivery: Delivery) -> u8 {
    match delivery {
        Delivery::Paced => 0,
        Delivery::Immediate => BITS,
    }
}
