use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{Delivery, OPUS_CLOCK_HZ, RemoteAudio, pace, readers::Readers};
use crate::{
    opus::{Channels, Format},
    receive::{FRAME_SAMPLES, ImmediateReceiver, Receiver, ReceiverConfig, RtpIn},
};

/// One frame handed to the readers.
const FRAME: Duration = Duration::from_millis(10);

/// Without a packet for this long the readers hear nothing more, not even silence, until one comes.
const IDLE_AFTER: Duration = Duration::from_secs(3);

/// Frames delivered at once after a stall; what is older is left out.
const CATCH_UP_MAX: u32 = 10;

/// One received stream: packets in; to readers who play a frame of 10 ms in real time, to those who
/// recognise whatever can be decoded.
///
/// Nothing is decoded while nobody reads, and each kind of reader costs a decoder of its own.
#[derive(Debug)]
pub struct Incoming {
    readers: Readers,
    paced: Option<(Receiver, Channels)>,
    immediate: Option<(ImmediateReceiver, Format)>,
    next_at: Option<Instant>,
    last_packet: Instant,
    jitter: Jitter,
    frame: [i16; FRAME_SAMPLES * 2],
}

impl Incoming {
    /// A stream that feeds `remote`.
    #[must_use]
    pub fn new(remote: Arc<RemoteAudio>, now: Instant) -> Self {
        Self {
            readers: Readers::of(remote),
            paced: None,
            immediate: None,
            next_at: None,
            last_packet: now,
            jitter: Jitter::default(),
            frame: [0; FRAME_SAMPLES * 2],
        }
    }

    /// The track that is fed.
    #[must_use]
    pub fn remote(&self) -> &Arc<RemoteAudio> {
        self.readers.remote()
    }

    /// How unevenly packets come, in samples (RFC 3550, 6.4.1).
    #[must_use]
    pub fn jitter_samples(&self) -> u32 {
        u32::try_from(self.jitter.samples_16 / 16).unwrap_or(u32::MAX)
    }

    /// When [`Incoming::poll`] is to be called next, if at any time.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        let immediate = self
            .immediate
            .as_ref()
            .and_then(|(receiver, _)| receiver.deadline());
        let immediate = immediate
            .filter(|at| *at < self.last_packet + IDLE_AFTER)
            .map(pace::at_or_after);
        self.next_at.into_iter().chain(immediate).min()
    }

    /// Takes a packet that arrived `now`.
    pub fn push(&mut self, now: Instant, packet: RtpIn<'_>) {
        let traffic = &self.readers.remote().traffic;
        traffic.count(packet.payload.len());
        traffic.set_jitter(self.jitter.observe(now, packet.timestamp));
        self.last_packet = now;
        self.readers.welcome();
        self.ready();
        let readers = &mut self.readers;
        if let Some((receiver, _)) = &mut self.immediate {
            receiver.push(now, packet, &mut |piece| readers.deliver_piece(piece));
        }
        if let Some((receiver, _)) = &mut self.paced {
            receiver.push(now, packet);
            self.next_at.get_or_insert(pace::at_or_after(now));
        }
        self.report();
    }

    /// Delivers all that is due at `now`.
    pub fn poll(&mut self, now: Instant) {
        let idle = now.saturating_duration_since(self.last_packet) > IDLE_AFTER;
        self.readers.welcome();
        let readers = &mut self.readers;
        if let Some((receiver, _)) = &mut self.immediate
            && !idle
        {
            receiver.poll(now, &mut |piece| readers.deliver_piece(piece));
        }
        for _ in 0..CATCH_UP_MAX {
            let Some(at) = self.next_at.filter(|at| *at <= now) else {
                return;
            };
            let listening = self.remote().wanted(Delivery::Paced).is_some();
            let Some((receiver, channels)) = self.paced.as_mut().filter(|_| listening) else {
                // Nobody reads: the next reader starts with a fresh timeline.
                self.paced = None;
                self.next_at = None;
                return;
            };
            if idle && receiver.is_idle() {
                self.next_at = None;
                return;
            }
            let channels = *channels;
            let frame = self
                .frame
                .get_mut(..FRAME_SAMPLES * channels.count())
                .unwrap_or_default();
            let kind = receiver.pull(now, frame);
            self.readers.remote().traffic.count_samples(FRAME_SAMPLES);
            self.readers.deliver(frame, channels, kind);
            self.next_at = Some(at + FRAME);
            self.report();
        }
        if self.next_at.is_some_and(|at| at <= now) {
            self.next_at = Some(pace::at_or_after(now));
        }
    }

    /// Makes the receivers that the readers of now need, and drops the others.
    fn ready(&mut self) {
        // What is played is stretched at the full rate.
        let wanted = self
            .remote()
            .wanted(Delivery::Paced)
            .map(|format| format.channels);
        if wanted != self.paced.as_ref().map(|(_, channels)| *channels) {
            self.next_at = None;
            self.paced = wanted.and_then(|channels| {
                let config = ReceiverConfig {
                    channels,
                    ..ReceiverConfig::default()
                };
                let receiver =
                    Receiver::new(config).inspect_err(|error| tracing::warn!(%error, "make an Opus decoder"));
                Some((receiver.ok()?, channels))
            });
        }
        let wanted = self.remote().wanted(Delivery::Immediate);
        if wanted != self.immediate.as_ref().map(|(_, format)| *format) {
            self.immediate = wanted.and_then(|format| {
                let receiver = ImmediateReceiver::new(format)
                    .inspect_err(|error| tracing::warn!(%error, "make an Opus decoder"));
                Some((receiver.ok()?, format))
            });
        }
    }

    /// Publishes what happened: the paced reader's view, or the other's where there is no such reader.
    fn report(&self) {
        let paced = self.paced.as_ref().map(|(receiver, _)| receiver.stats());
        let stats = paced.or_else(|| self.immediate.as_ref().map(|(receiver, _)| receiver.stats()));
        if let Some(stats) = stats {
            self.remote().traffic.set_receiver(stats);
        }
    }
}

/// How unevenly packets come (RFC 3550, 6.4.1).
#[derive(Debug, Default)]
struct Jitter {
    last: Option<(Instant, u32)>,
    samples_16: u64,
}

impl Jitter {
    fn observe(&mut self, now: Instant, timestamp: u32) -> u64 {
        if let Some((at, before)) = self.last.replace((now, timestamp)) {
            let passed =
                now.saturating_duration_since(at).as_micros() * u128::from(OPUS_CLOCK_HZ) / 1_000_000;
            let passed = i64::try_from(passed).unwrap_or(i64::MAX / 2);
            let moved = i64::from(timestamp.wrapping_sub(before).cast_signed());
            // A jump of the sender's time says nothing about the network.
            let off = passed
                .saturating_sub(moved)
                .unsigned_abs()
                .min(u64::from(OPUS_CLOCK_HZ));
            self.samples_16 = (self.samples_16 + off).saturating_sub((self.samples_16 + 8) / 16);
        }
        self.samples_16 / 16
    }
}
