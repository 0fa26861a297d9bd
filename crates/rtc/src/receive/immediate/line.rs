use super::PATIENCE_MS_MAX;
use crate::receive::buffer::Waiting;
use crate::receive::config::{FRAME_SAMPLES, SAMPLES_PER_MS};
use crate::receive::delay::Delay;
use crate::receive::staging::Played;
use crate::receive::stats::ReceiverStats;
use crate::receive::voice::Voice;

const PATIENCE_SAMPLES_MAX: i64 = PATIENCE_MS_MAX as i64 * SAMPLES_PER_MS;

/// Silence told at once when a sender comes back, or after a stall of the caller. What is longer is skipped:
/// the media time jumps.
const CATCH_UP_SAMPLES_MAX: i64 = 200 * SAMPLES_PER_MS;

/// Hands over what is staged; its first sample has this timestamp.
pub(super) type Told<'a> = &'a mut dyn FnMut(&mut Voice, &mut Line, i64);

/// Where a stream's timeline stands.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) delay: Delay,
    /// The extended number of the last packet told.
    pub(super) last: i64,
    /// The timestamp after the last sample told of a packet.
    tail: i64,
    /// Samples made up since then, while nothing had come.
    filled: i64,
    packet_samples: i64,
    /// When the last packet was told, by our clock.
    told_at: i64,
    /// The timestamp at which the media time is 0.
    origin: i64,
    /// The latest time of capture told, by our clock.
    captured: i64,
}

impl Line {
    pub(super) fn new(number: i64, time: i64, travel: i64) -> Self {
        Self {
            delay: Delay::new(travel),
            last: number - 1,
            tail: time,
            filled: 0,
            packet_samples: 960,
            told_at: i64::MIN,
            origin: time,
            captured: i64::MIN,
        }
    }

    /// Begins anew at a packet that has just arrived; the media time goes on.
    pub(super) fn restart(&mut self, number: i64, time: i64, travel: i64) {
        let media = self.tail + self.filled - self.origin;
        self.origin = time - media;
        self.delay.rebase(travel);
        self.last = number - 1;
        self.tail = time;
        self.filled = 0;
    }

    /// The media time of a timestamp.
    pub(super) fn media(&self, time: i64) -> u64 {
        u64::try_from(time - self.origin).unwrap_or(0)
    }

    /// When a sample was recorded, by our clock.
    pub(super) fn capture(&mut self, time: i64) -> i64 {
        // A packet leaves when its last sample is there.
        self.captured = self.captured.max(time + self.delay.base() - self.packet_samples);
        self.captured
    }

    fn patience(&self) -> i64 {
        self.delay.due().min(PATIENCE_SAMPLES_MAX)
    }

    /// When the packets missing before `first` are given up, by our clock.
    pub(super) fn gives_up_at(&self, first: &Waiting) -> i64 {
        let missing = (first.number - self.last - 1).max(0);
        let expected = first
            .time
            .saturating_sub(missing.saturating_mul(self.packet_samples));
        expected.max(self.tail) + self.delay.base() + self.patience()
    }

    /// When the next frame of a silent sender is to be told, by our clock.
    pub(super) fn owes_at(&self) -> i64 {
        let patience = (self.patience() + self.packet_samples).min(PATIENCE_SAMPLES_MAX);
        // A network that has just become slower is not taken for a sender that is silent.
        let next = (self.tail + self.delay.base()).max(self.told_at.saturating_add(self.packet_samples));
        next + self.filled + FRAME_SAMPLES as i64 + patience
    }

    pub(super) fn owes(&mut self, now: i64) -> bool {
        let late = now - self.owes_at() - CATCH_UP_SAMPLES_MAX;
        self.filled += late.max(0);
        self.owes_at() <= now
    }

    /// Counts samples made up while nothing had come; gives their time of capture.
    pub(super) fn fill(&mut self, samples: i64) -> i64 {
        let at = self.capture(self.tail + self.filled);
        self.filled += samples;
        at
    }

    /// Tells what lies between the last packet and `first`: silence, then what was lost.
    pub(super) fn bridge(
        &mut self,
        first: &Waiting,
        voice: &mut Voice,
        stats: &mut ReceiverStats,
        told: Told<'_>,
    ) {
        let missing = (first.number - self.last - 1).max(0);
        stats.lost += missing.unsigned_abs();
        let Some(shape) = first.shape else { return };
        let gap = first.time - self.tail;
        let lost = gap.min(missing.saturating_mul(self.packet_samples)).max(0);
        let mut at = self.tail + self.filled.min(gap).max(0);
        let silent = first.time - lost - at;
        if silent > CATCH_UP_SAMPLES_MAX {
            at += silent - CATCH_UP_SAMPLES_MAX;
        }
        while at < first.time - lost {
            let part = (first.time - lost - at).min(FRAME_SAMPLES as i64);
            voice.silence(part as usize);
            told(voice, self, at);
            at += part;
        }
        let restorable = if shape.has_fec {
            shape.frame_samples as i64
        } else {
            0
        };
        // What was lost before the frame that can be restored; long losses fade to silence, and end.
        if first.time - restorable - at > CATCH_UP_SAMPLES_MAX {
            at = first.time - restorable - CATCH_UP_SAMPLES_MAX;
        }
        while at < first.time - restorable {
            let part = (first.time - restorable - at).min(FRAME_SAMPLES as i64);
            voice.make_up(Played::Concealed, part as usize);
            stats.concealed_samples += part as u64;
            told(voice, self, at);
            at += part;
        }
        let ahead = first.time - at;
        if ahead > 0 {
            if voice.recover(&first.payload, shape, ahead as usize) {
                stats.recovered_samples += ahead as u64;
            }
            told(voice, self, at);
        }
        // What was told stays told, even if the packet itself turns out to be no audio.
        if gap > 0 {
            self.tail = first.time;
            self.filled = (self.filled - gap).max(0);
        }
    }

    /// Tells a packet.
    pub(super) fn take(
        &mut self,
        now: i64,
        packet: &Waiting,
        voice: &mut Voice,
        stats: &mut ReceiverStats,
        told: Told<'_>,
    ) {
        self.last = self.last.max(packet.number);
        let Some(shape) = packet.shape else { return };
        let begin = packet.time.max(self.tail);
        let skip = usize::try_from(begin - packet.time).unwrap_or(0);
        if packet.end() <= self.tail || !voice.decode(&packet.payload, shape, skip) {
            stats.discarded += 1;
            return;
        }
        self.packet_samples = shape.samples as i64;
        self.told_at = now;
        told(voice, self, begin);
        self.tail = packet.end();
        self.filled = 0;
    }
}
