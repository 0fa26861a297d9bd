use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::RemoteAudio;
use crate::receive::{FRAME_SAMPLES, Receiver, ReceiverConfig, RtpIn};

/// One frame handed to the readers.
const FRAME: Duration = Duration::from_millis(10);

/// Without a packet for this long the readers hear nothing more, not even silence, until one comes.
const IDLE_AFTER: Duration = Duration::from_secs(3);

/// Frames delivered at once after a stall; what is older is left out.
const CATCH_UP_MAX: u32 = 10;

/// One received stream: packets in, a frame of 10 ms to every reader in real time.
///
/// Nothing is decoded while nobody reads.
#[derive(Debug)]
pub struct Incoming {
    remote: Arc<RemoteAudio>,
    receiver: Option<Receiver>,
    next_at: Option<Instant>,
    last_packet: Instant,
    frame: [i16; FRAME_SAMPLES],
}

impl Incoming {
    /// A stream that feeds `remote`.
    #[must_use]
    pub fn new(remote: Arc<RemoteAudio>, now: Instant) -> Self {
        Self {
            remote,
            receiver: None,
            next_at: None,
            last_packet: now,
            frame: [0; FRAME_SAMPLES],
        }
    }

    /// The track that is fed.
    #[must_use]
    pub fn remote(&self) -> &Arc<RemoteAudio> {
        &self.remote
    }

    /// When [`Incoming::poll`] is to be called next, if at any time.
    #[must_use]
    pub fn deadline(&self) -> Option<Instant> {
        self.next_at
    }

    /// Takes a packet that arrived `now`.
    pub fn push(&mut self, now: Instant, packet: RtpIn<'_>) {
        self.remote.traffic.count(packet.payload.len());
        self.last_packet = now;
        if !self.remote.has_sinks() {
            self.rest();
            return;
        }
        if self.receiver.is_none() {
            self.receiver = Receiver::new(ReceiverConfig::default())
                .inspect_err(|error| tracing::warn!(%error, "make an Opus decoder"))
                .ok();
        }
        if let Some(receiver) = &mut self.receiver {
            receiver.push(now, packet);
            self.next_at.get_or_insert(now);
        }
    }

    /// Delivers every frame due at `now`.
    pub fn poll(&mut self, now: Instant) {
        for _ in 0..CATCH_UP_MAX {
            let Some(at) = self.next_at.filter(|at| *at <= now) else {
                return;
            };
            let idle = now.saturating_duration_since(self.last_packet) > IDLE_AFTER;
            let Some(receiver) = self.receiver.as_mut().filter(|_| self.remote.has_sinks()) else {
                self.rest();
                return;
            };
            if idle && receiver.is_idle() {
                self.next_at = None;
                return;
            }
            receiver.pull(now, &mut self.frame);
            self.remote.traffic.set_lost(receiver.stats().lost);
            self.remote.deliver(&mut self.frame);
            self.next_at = Some(at + FRAME);
        }
        if self.next_at.is_some_and(|at| at <= now) {
            self.next_at = Some(now + FRAME);
        }
    }

    /// Nobody reads: the next reader starts with a fresh timeline.
    fn rest(&mut self) {
        self.receiver = None;
        self.next_at = None;
    }
}
