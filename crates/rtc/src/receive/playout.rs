use super::buffer::{Buffer, Waiting};
use super::config::{FRAME_SAMPLES, SAMPLES_PER_MS};
use super::delay::Delay;
use super::staging::Played;
use super::stats::ReceiverStats;
use super::steer::Steer;
use super::voice::Voice;

/// Lost packets above this share lengthen the delay, so that the redundant copy is there in time.
const FEC_LOSS_MIN: f32 = 0.01;
/// What is added to the packet's length then: the caller pulls on a grid of 10 ms.
const FEC_MARGIN_SAMPLES: i64 = 15 * SAMPLES_PER_MS;
/// The weight of a new packet in the share of lost ones.
const LOSS_WEIGHT: f32 = 0.01;

/// Where a stream's timeline stands.
#[derive(Debug)]
pub(crate) struct Playout {
    pub(crate) delay: Delay,
    pub(crate) steer: Steer,
    /// The timestamp of the sample to be staged next.
    pub(crate) tail: i64,
    /// Since when nothing had arrived to play; a packet from there on is late, yet still unheard.
    pub(crate) waiting_from: Option<i64>,
    /// The extended number of the last packet used.
    pub(crate) last: i64,
    loss: f32,
    packet_samples: i64,
}

impl Playout {
    /// A timeline on which the packet that has just arrived plays after `delay_samples`.
    pub(crate) fn new(number: i64, time: i64, travel: i64, delay_samples: i64) -> Self {
        Self {
            delay: Delay::new(travel),
            steer: Steer::default(),
            tail: time - delay_samples,
            waiting_from: None,
            last: number - 1,
            loss: 0.0,
            packet_samples: 960,
        }
    }

    /// Sets the timeline anew from a packet that has just arrived.
    pub(crate) fn resync(&mut self, number: i64, time: i64, travel: i64, delay_samples: i64) {
        self.delay.rebase(travel);
        self.tail = time - delay_samples;
        self.waiting_from = None;
        self.last = number - 1;
    }

    /// Comes too late to be played.
    pub(crate) fn is_late(&self, number: i64, end: i64) -> bool {
        number <= self.last || end <= self.waiting_from.unwrap_or(self.tail)
    }

    /// The delay to steer to, in samples.
    pub(crate) fn target(&self, min: i64, max: i64) -> i64 {
        let fec = if self.loss > FEC_LOSS_MIN {
            self.packet_samples + FEC_MARGIN_SAMPLES
        } else {
            0
        };
        self.delay.target().max(min).max(fec).min(max)
    }

    /// Goes back to what arrived after the timeline had run past it for want of packets.
    pub(crate) fn await_late(&mut self, buffer: &Buffer) {
        if let (Some(from), Some(first)) = (self.waiting_from, buffer.first())
            && first.time < self.tail
            && first.end() > from
        {
            self.tail = first.time.max(from);
        }
    }

    /// The samples of silence known to lie ahead.
    pub(crate) fn silence_ahead(&self, buffer: &Buffer) -> i64 {
        buffer
            .first()
            .map_or(i64::MAX, |first| self.silence_before(first).max(0))
    }

    /// The samples of silence before a packet. Missing packets are taken to be the last ones before it.
    fn silence_before(&self, packet: &Waiting) -> i64 {
        let missing = (packet.number - self.last - 1).max(0);
        packet.time - self.tail - missing.saturating_mul(self.packet_samples)
    }

    /// Stages what comes next on the timeline.
    pub(crate) fn fill(&mut self, buffer: &mut Buffer, voice: &mut Voice, stats: &mut ReceiverStats) {
        let frame = FRAME_SAMPLES as i64;
        while let Some(first) = buffer.first() {
            let Some(shape) = first.shape else {
                self.count(first.number, 0, stats);
                buffer.drop_first();
                continue;
            };
            let ahead = first.time - self.tail;
            if first.end() <= self.tail {
                self.count(first.number, 0, stats);
                stats.discarded += 1;
                buffer.drop_first();
                continue;
            }
            if ahead <= 0 {
                let skip = usize::try_from(-ahead).unwrap_or(0);
                if voice.decode(&first.payload, shape, skip) {
                    self.count(first.number, shape.samples as i64, stats);
                    self.waiting_from = None;
                    self.tail = first.end();
                    buffer.drop_first();
                    return;
                }
                stats.discarded += 1;
                buffer.drop_first();
                continue;
            }
            let restorable = shape.frame_samples as i64;
            let silent = self.silence_before(first);
            let part = if silent > 0 {
                let part = silent.min(frame);
                voice.silence(part as usize);
                part
            } else if shape.has_fec
                && ahead <= restorable
                && voice.recover(&first.payload, shape, ahead as usize)
            {
                stats.recovered_samples += ahead as u64;
                ahead
            } else {
                let until = if shape.has_fec && ahead > restorable {
                    ahead - restorable
                } else {
                    ahead
                };
                let part = until.min(frame);
                voice.make_up(Played::Concealed, part as usize);
                stats.concealed_samples += part as u64;
                part
            };
            self.waiting_from = None;
            self.tail += part;
            return;
        }
        self.waiting_from.get_or_insert(self.tail);
        if !voice.is_faded() {
            stats.expanded_samples += frame as u64;
        }
        voice.make_up(Played::Expanded, FRAME_SAMPLES);
        self.tail += frame;
    }

    /// Moves on to a packet, counting those missing before it.
    fn count(&mut self, number: i64, samples: i64, stats: &mut ReceiverStats) {
        let missing = (number - self.last - 1).max(0);
        stats.lost += missing.unsigned_abs();
        for _ in 0..missing.min(100) {
            self.loss += LOSS_WEIGHT * (1.0 - self.loss);
        }
        self.loss -= LOSS_WEIGHT * self.loss;
        self.last = self.last.max(number);
        if samples > 0 {
            self.packet_samples = samples;
        }
    }
}
