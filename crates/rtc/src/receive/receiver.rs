use super::buffer::Buffer;
use super::clock::Clock;
use super::config::{FRAME_SAMPLES, ReceiverConfig, SAMPLES_PER_MS};
use super::intake::{Arrived, RtpIn, admit};
use super::playout::Playout;
use super::sequence::{Order, Sequence};
use super::staging::Played;
use super::stats::ReceiverStats;
use super::steer::Deviation;
use super::voice::{QUIET_PEAK, Voice};
use crate::opus::OpusError;
use std::time::Instant;

/// Plays one stream; see the [module](super).
#[derive(Debug)]
pub struct Receiver {
    config: ReceiverConfig,
    clock: Clock,
    sequence: Sequence,
    buffer: Buffer,
    voice: Voice,
    playout: Option<Playout>,
    stats: ReceiverStats,
}

impl Receiver {
    /// A receiver that plays silence until the first packet.
    pub fn new(config: ReceiverConfig) -> Result<Self, OpusError> {
        Ok(Self {
            config,
            clock: Clock::default(),
            sequence: Sequence::default(),
            buffer: Buffer::new(),
            voice: Voice::new(config.channels.into())?,
            playout: None,
            stats: ReceiverStats::default(),
        })
    }

    /// Takes a packet that arrived `now`.
    pub fn push(&mut self, now: Instant, packet: RtpIn<'_>) {
        let Self {
            clock,
            sequence,
            stats,
            ..
        } = self;
        let Some(arrived) = admit(packet, now, clock, sequence, stats) else {
            return;
        };
        let Arrived {
            order,
            number,
            time,
            travel,
            shape,
        } = arrived;
        self.follow(order, number, time, travel);
        let end = time + shape.map_or(0, |shape| shape.samples as i64);
        if shape.is_some()
            && self
                .playout
                .as_ref()
                .is_some_and(|playout| playout.is_late(number, end))
        {
            self.stats.late += 1;
            return;
        }
        self.stats.discarded += self.buffer.insert(number, time, shape, packet.payload);
    }

    /// Fills `out` (480 samples per channel, interleaved; another length gets silence) with the next 10 ms and
    /// tells what they are.
    ///
    /// An uneven timer does no harm. After a stall of the caller, pull the frames missed, or skip them: then
    /// the delay is longer until a pause.
    pub fn pull(&mut self, now: Instant, out: &mut [i16]) -> Played {
        let now = self.clock.pull(now, self.is_idle());
        if self.playout.is_none() || out.len() != FRAME_SAMPLES * self.config.channels.count() {
            out.fill(0);
            return Played::Silence;
        }
        let deviation = self.align(now);
        if deviation.counts_in_a_pause() {
            self.stage(FRAME_SAMPLES);
            let is_pause = self.voice.staging().peak(FRAME_SAMPLES) < QUIET_PEAK;
            if is_pause && deviation.samples < 0 {
                out.fill(0);
                return Played::Silence;
            }
            if is_pause && !self.buffer.is_empty() {
                self.voice.staging().skip(FRAME_SAMPLES);
            }
        }
        let pace = self
            .playout
            .as_mut()
            .map_or(FRAME_SAMPLES, |playout| playout.steer.pace(deviation));
        self.stage(pace);
        self.voice.staging().take(pace, out)
    }

    /// Nothing plays and nothing waits: pulls give silence until the next push, and may be left out.
    pub fn is_idle(&self) -> bool {
        self.buffer.is_empty() && self.voice.is_silent()
    }

    /// What happened so far. The delays are those of the last pull.
    pub fn stats(&self) -> ReceiverStats {
        self.stats
    }

    /// Keeps the timeline in step with the packets.
    fn follow(&mut self, order: Order, number: i64, time: i64, travel: i64) {
        let [min, max] = [self.config.delay_ms_min, self.config.delay_ms_max].map(samples);
        let Some(playout) = &mut self.playout else {
            self.stats.resyncs += 1;
            self.playout = Some(Playout::new(number, time, travel, min));
            return;
        };
        let jumped = order == Order::Newer && (travel - playout.delay.base()).abs() > max;
        if !jumped && order != Order::Restart {
            playout.delay.observe(travel);
            return;
        }
        self.stats.resyncs += 1;
        self.stats.discarded += self.buffer.clear();
        let target = playout.target(min, max);
        playout.resync(number, time, travel, target);
        // A decoder that cannot be reset goes on from the old stream: a click at worst.
        if order == Order::Restart {
            self.voice.reset().unwrap_or_default();
        }
    }

    /// Moves the timeline where that is not heard; gives how far the delay is still off.
    fn align(&mut self, now: i64) -> Deviation {
        let Some(playout) = &mut self.playout else {
            return Deviation::default();
        };
        let [min, max] = [self.config.delay_ms_min, self.config.delay_ms_max].map(samples);
        let target = playout.target(min, max);
        playout.await_late(&self.buffer);
        let staged = self.voice.staged();
        let mut delay = now - playout.delay.base() - (playout.tail - staged);
        if delay > max {
            let excess = delay - max;
            self.voice.staging().skip(staged.min(excess) as usize);
            playout.tail += (excess - staged).max(0);
            delay = max;
        }
        let mut deviation = Deviation {
            samples: delay - target,
            target,
        };
        if deviation.counts_in_silence() && self.voice.is_silent() {
            let shift = deviation.samples.min(playout.silence_ahead(&self.buffer));
            playout.tail += shift;
            deviation.samples -= shift;
        }
        self.stats.delay_ms = ((target + deviation.samples).max(0) / SAMPLES_PER_MS) as u32;
        self.stats.delay_target_ms = (target / SAMPLES_PER_MS) as u32;
        deviation
    }

    /// Decodes until `samples` per channel are there.
    fn stage(&mut self, samples: usize) {
        let Some(playout) = &mut self.playout else { return };
        while self.voice.staged() < samples as i64 {
            playout.fill(&mut self.buffer, &mut self.voice, &mut self.stats);
        }
    }
}

fn samples(ms: u32) -> i64 {
    i64::from(ms) * SAMPLES_PER_MS
}
