use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use parking_lot::Mutex;

use super::{AudioSink, Delivery, Traffic};
use crate::{
    opus::{Channels, Format, Rate},
    receive::{FRAME_SAMPLES, Piece, Played},
};

/// Readers of each kind, as bits: there are some, one of them wants two channels, one more than 16 kHz.
const ANY: u8 = 1;
const STEREO: u8 = 2;
const FULL: u8 = 4;
const BITS: u8 = 3;

/// A track of the other side: decoded audio is handed to every sink. Without a sink nothing is
/// decoded at all.
#[derive(Debug, Default)]
pub struct RemoteAudio {
    sinks: Mutex<Vec<AudioSink>>,
    wanted: AtomicU8,
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
        self.note(&sinks);
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
        self.ended.store(true, Ordering::Release);
        let sinks = std::mem::take(&mut *self.sinks.lock());
        self.wanted.store(0, Ordering::Release);
        for sink in sinks {
            sink.close();
        }
    }

    /// Gives a frame to every reader who plays.
    pub(crate) fn deliver(&self, pcm: &mut [i16], channels: Channels, kind: Played) {
        if !self.enabled() {
            pcm.fill(0);
        }
        self.for_each(Delivery::Paced, |sink| sink.push(pcm, channels.into(), kind));
    }

    /// Gives a piece to every reader who recognises.
    pub(crate) fn deliver_piece(&self, piece: Piece<'_>) {
        self.traffic.count_samples(piece.length());
        static SILENCE: [i16; FRAME_SAMPLES * 2] = [0; FRAME_SAMPLES * 2];
        let pcm = match self.enabled() {
            true => piece.pcm,
            false => SILENCE.get(..piece.pcm.len()).unwrap_or_default(),
        };
        let piece = Piece { pcm, ..piece };
        self.for_each(Delivery::Immediate, |sink| sink.push_piece(&piece));
    }

    /// Forgets readers that have gone, and calls `give` for the others.
    fn for_each(&self, delivery: Delivery, mut give: impl FnMut(&AudioSink)) {
        let mut sinks = self.sinks.lock();
        let before = sinks.len();
        sinks.retain(|sink| !sink.is_closed());
        if sinks.len() != before {
            self.note(&sinks);
        }
        sinks
            .iter()
            .filter(|sink| sink.delivery() == delivery)
            .for_each(&mut give);
    }

    fn note(&self, sinks: &[AudioSink]) {
        let bits = sinks.iter().fold(0, |bits, sink| {
            let stereo = if sink.is_stereo() { STEREO } else { 0 };
            let full = if sink.rate_hz() > Rate::Wide.hz() { FULL } else { 0 };
            bits | (ANY | stereo | full) << shift(sink.delivery())
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
