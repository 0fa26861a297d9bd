use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use opus_pure::{MAX_PACKET_SAMPLES, OpusDecoder};

use super::{OPUS_CLOCK_HZ, RemoteAudio};

/// One frame handed to the readers.
const FRAME: Duration = Duration::from_millis(10);
const FRAME_SAMPLES: usize = OPUS_CLOCK_HZ as usize / 100;

/// Without a packet for this long the readers hear nothing more, not even silence, until one comes.
const IDLE_AFTER: Duration = Duration::from_secs(3);

/// Frames delivered at once after a stall; what is older is left out.
const CATCH_UP_MAX: u32 = 10;

/// One received stream: packets in, a frame of 10 ms to every reader in real time.
pub struct Incoming {
    remote: Arc<RemoteAudio>,
    receiver: Option<Direct>,
    next_at: Option<Instant>,
    last_packet: Instant,
    frame: Vec<i16>,
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
            frame: vec![0; FRAME_SAMPLES],
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

    /// Takes a packet.
    pub fn push(&mut self, now: Instant, _sequence: u16, _timestamp: u32, payload: &[u8]) {
        self.remote.traffic.count(payload.len());
        self.last_packet = now;
        if !self.remote.has_sinks() {
            self.receiver = None;
            self.next_at = None;
            return;
        }
        if self.receiver.is_none() {
            self.receiver = Direct::new();
        }
        if let Some(receiver) = &mut self.receiver {
            receiver.push(payload);
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
            let Some(receiver) = self
                .receiver
                .as_mut()
                .filter(|_| !idle && self.remote.has_sinks())
            else {
                self.receiver = None;
                self.next_at = None;
                return;
            };
            receiver.pull(&mut self.frame);
            self.remote.deliver(&mut self.frame);
            self.next_at = Some(at + FRAME);
        }
        if self.next_at.is_some_and(|at| at <= now) {
            self.next_at = Some(now + FRAME);
        }
    }
}

impl std::fmt::Debug for Incoming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Incoming")
            .field("next_at", &self.next_at)
            .finish_non_exhaustive()
    }
}

/// Audio held back before playing starts, and the most that is kept, in samples.
const HOLD_SAMPLES: usize = 4 * FRAME_SAMPLES;
const BUFFER_MAX_SAMPLES: usize = 20 * FRAME_SAMPLES;

/// Decodes on arrival, in the order of arrival.
struct Direct {
    decoder: OpusDecoder,
    decoded: Vec<i16>,
    buffer: VecDeque<i16>,
    playing: bool,
}

impl Direct {
    fn new() -> Option<Self> {
        let decoder = OpusDecoder::new(OPUS_CLOCK_HZ.cast_signed(), 1).ok()?;
        Some(Self {
            decoder,
            decoded: vec![0; MAX_PACKET_SAMPLES],
            buffer: VecDeque::new(),
            playing: false,
        })
    }

    fn push(&mut self, payload: &[u8]) {
        let Ok(samples) = self
            .decoder
            .decode_s16(payload, MAX_PACKET_SAMPLES, &mut self.decoded)
        else {
            return;
        };
        self.buffer.extend(self.decoded.iter().take(samples));
        let over = self.buffer.len().saturating_sub(BUFFER_MAX_SAMPLES);
        self.buffer.drain(..over);
    }

    fn pull(&mut self, out: &mut [i16]) {
        out.fill(0);
        self.playing = if self.playing {
            self.buffer.len() >= out.len()
        } else {
            self.buffer.len() >= HOLD_SAMPLES
        };
        if self.playing {
            for (to, from) in out.iter_mut().zip(self.buffer.drain(..FRAME_SAMPLES)) {
                *to = from;
            }
        }
    }
}
